import asyncio

import aiohttp
import pytest
from aiohttp import web

from ingest.fetch import (
    Fetched,
    FetchFailed,
    FetchOptions,
    FetchOutcome,
    Gone,
)
from tests.ingest.fetch.fetching import Seen, failure_of, fetch_once, fetch_raw, giving, new_fetcher
from tests.support.loopback import Names, serving


def test_given_a_body_of_exactly_the_cap_when_it_is_fetched_then_it_passes_and_one_more_does_not() -> None:
    options = FetchOptions(max_bytes=1000)

    assert isinstance(fetch_once(giving(200, b"x" * 1000), options=options), Fetched)
    assert failure_of(fetch_once(giving(200, b"x" * 1001), options=options)) == "too_large"


def test_given_an_endless_chunked_body_when_it_is_fetched_then_it_stops_at_the_cap() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"<item>again</item>" * 500)

    outcome = fetch_once(handler, options=FetchOptions(max_bytes=200_000))

    assert failure_of(outcome) == "too_large"


def test_given_a_server_that_drips_when_the_deadline_passes_then_the_drops_do_not_extend_it() -> None:
    hung_up = asyncio.Event()

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            for _ in range(1000):
                await response.write(b"<")
                await asyncio.wait([asyncio.ensure_future(hung_up.wait())], timeout=0.02)
        except ConnectionResetError:
            hung_up.set()
        return response

    outcome = fetch_once(handler, options=FetchOptions(timeout_s=0.3))

    assert failure_of(outcome) == "timeout"


def test_given_a_chain_of_slow_redirects_when_the_deadline_passes_then_it_holds_for_all_of_them() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.15)
        hop = int(request.rel_url.query.get("n", "0"))
        return web.Response(status=302, headers={"Location": f"/feed?n={hop + 1}"})

    outcome = fetch_once(handler, options=FetchOptions(timeout_s=0.4))

    assert failure_of(outcome) == "timeout"


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (404, {}, FetchFailed("http_4xx", "HTTP 404")),
        (404, {"Retry-After": "60"}, FetchFailed("http_4xx", "HTTP 404")),
        (429, {"Retry-After": "60"}, FetchFailed("throttled", "HTTP 429", 60.0)),
        (429, {}, FetchFailed("throttled", "HTTP 429")),
        (503, {"Retry-After": "Tue, 24 Nov 2026 10:00:00 GMT"}, FetchFailed("http_5xx", "HTTP 503", 3600.0)),
        (503, {"Retry-After": "864000"}, FetchFailed("http_5xx", "HTTP 503", 28_800.0)),
        (500, {}, FetchFailed("http_5xx", "HTTP 500")),
        (300, {}, FetchFailed("protocol", "HTTP 300")),
        (304, {}, FetchFailed("protocol", "304 to an unconditional request")),
        (206, {}, FetchFailed("protocol", "HTTP 206")),
    ],
)
def test_given_a_status_when_it_is_no_answer_then_the_reason_says_which(
    status: int, headers: dict[str, str], expected: FetchFailed
) -> None:
    assert fetch_once(giving(status, headers=headers)) == expected


def test_given_410_when_it_is_fetched_then_the_feed_is_gone() -> None:
    seen = Seen()

    outcome = fetch_once(giving(410), seen=seen)

    assert isinstance(outcome, Gone)
    assert seen.outcomes == [("gone", 0)]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "incomplete"),
        (b"SSH-2.0-OpenSSH_9\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "incomplete"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx", "protocol"),
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n", "protocol"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "bad_redirect"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[::1/\r\n\r\n", "bad_redirect"),
        (b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n", "bad_redirect"),
        (b"HTTP/1.1 302 Found\r\nLocation: javascript:alert(1)\r\n\r\n", "bad_redirect"),
        (b"HTTP/1.1 302 Found\r\nLocation: /" + b"a" * 5000 + b"\r\n\r\n", "bad_redirect"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://u:p@127.0.0.1/\r\n\r\n", "forbidden_address"),
        (b"HTTP/1.1 302 Found\r\nLocation: /feed\r\n\r\n", "redirect_loop"),
    ],
)
def test_given_bytes_of_a_hostile_server_when_they_are_read_then_the_reason_is_bounded(
    raw: bytes, reason: str
) -> None:
    assert failure_of(fetch_raw(raw)) == reason


def test_given_redirects_when_they_circle_or_never_end_then_the_fetch_fails() -> None:
    async def circle(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/b" if request.path == "/a" else "/a"})

    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": request.path + "x"})

    assert failure_of(fetch_once(circle, "/a")) == "redirect_loop"
    assert failure_of(fetch_once(endless, "/a")) == "too_many_redirects"


@pytest.mark.parametrize(("statuses", "is_permanent"), [((301, 308), True), ((301, 302), False)])
def test_given_a_chain_when_every_hop_is_permanent_then_the_new_url_is_reported(
    statuses: tuple[int, int], is_permanent: bool
) -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        hops = {"/old": (statuses[0], "/mid"), "/mid": (statuses[1], "/new#part")}
        if request.path not in hops:
            return web.Response(body=b"<rss/>")
        status, target = hops[request.path]
        return web.Response(status=status, headers={"Location": target})

    outcome = fetch_once(handler, "/old")

    assert isinstance(outcome, Fetched)
    assert outcome.url.endswith("/new")
    assert outcome.permanent_url == (outcome.url if is_permanent else None)


def test_given_credentials_when_redirected_to_another_host_then_they_stay_behind() -> None:
    asked: list[dict[str, str]] = []

    async def there(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(dict(request.headers))
        return web.Response(body=b"<rss/>")

    async def run() -> FetchOutcome:
        async with serving(there, "127.0.0.2") as other:

            async def here(request: web.BaseRequest) -> web.StreamResponse:
                asked.append(dict(request.headers))
                target = "/b" if request.path == "/a" else other + "/c"
                return web.Response(status=302, headers={"Location": target})

            async with serving(here) as base, new_fetcher() as fetcher:
                return await fetcher.fetch(base + "/a", headers={"Authorization": "Bearer s3cret"})

    outcome = asyncio.run(run())

    assert isinstance(outcome, Fetched)
    assert [headers.get("Authorization") for headers in asked] == ["Bearer s3cret", "Bearer s3cret", None]


def test_given_no_such_name_or_nobody_listening_when_fetched_then_the_reasons_differ() -> None:
    async def run() -> tuple[FetchOutcome, ...]:
        async with serving(giving(200)) as base:
            port = int(base.rpartition(":")[2])
        names = Names({"down.example": [["127.0.0.1"]]})
        async with new_fetcher(names=names) as fetcher:
            return (
                await fetcher.fetch("http://nowhere.example/"),
                await fetcher.fetch(f"http://down.example:{port}/"),
                await fetcher.fetch("http://" + "a" * 300 + ".example/"),
                await fetcher.fetch("not a url"),
                await fetcher.fetch("http://10.0.0.1/"),
            )

    reasons = [failure_of(outcome) for outcome in asyncio.run(run())]

    assert reasons == ["dns", "connect", "dns", "forbidden_address", "forbidden_address"]


def test_given_a_server_without_tls_when_it_is_asked_by_https_then_the_reason_is_tls() -> None:
    async def run() -> FetchOutcome:
        async with serving(giving(200)) as base, new_fetcher() as fetcher:
            return await fetcher.fetch(base.replace("http:", "https:"))

    assert failure_of(asyncio.run(run())) == "tls"


def test_given_many_fetches_of_one_host_when_they_run_then_only_two_are_under_way_at_once() -> None:
    under_way, most = 0, 0
    all_started = asyncio.Event()

    async def handler(_: web.BaseRequest) -> web.StreamResponse:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if under_way == 2:
            all_started.set()
        await all_started.wait()
        under_way -= 1
        return web.Response(body=b"x")

    async def run() -> list[FetchOutcome]:
        async with serving(handler) as base, new_fetcher(FetchOptions(per_host=2)) as fetcher:
            return await asyncio.gather(*(fetcher.fetch(f"{base}/{n}") for n in range(8)))

    outcomes = asyncio.run(run())

    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
    assert most == 2


def test_given_a_slow_host_when_another_is_fetched_then_it_does_not_wait() -> None:
    release = asyncio.Event()

    async def slow(_: web.BaseRequest) -> web.StreamResponse:
        await release.wait()
        return web.Response(body=b"slow")

    async def run() -> None:
        async with (
            serving(slow) as stuck,
            serving(giving(200, b"quick"), "127.0.0.2") as quick,
            new_fetcher(FetchOptions(per_host=1)) as fetcher,
        ):
            waiting = [asyncio.create_task(fetcher.fetch(stuck)) for _ in range(3)]
            assert isinstance(await fetcher.fetch(quick), Fetched)
            assert not any(task.done() for task in waiting)
            release.set()
            await asyncio.gather(*waiting)

    asyncio.run(run())


def test_given_a_closed_fetcher_when_it_is_used_then_that_is_a_bug() -> None:
    with pytest.raises(RuntimeError):
        asyncio.run(new_fetcher().fetch("http://127.0.0.1/"))


def test_given_our_classes_of_errors_when_aiohttp_changes_then_this_test_notices() -> None:
    assert issubclass(aiohttp.ConnectionTimeoutError, TimeoutError)
    assert issubclass(aiohttp.ClientConnectorDNSError, aiohttp.ClientOSError)
