import asyncio
import gzip
import zlib

import brotli
import pytest
from aiohttp import web

from ingest.fetch import (
    Fetched,
    FetchOptions,
    FetchOutcome,
    NotModified,
    Validators,
)
from tests.ingest.fetch.fetching import Seen, failure_of, fetch_once, giving, new_fetcher
from tests.support.loopback import serving


def test_given_a_feed_when_it_is_fetched_then_body_type_and_hints_come_back() -> None:
    handler = giving(
        200, b"<rss/>", {"Content-Type": "text/xml; charset=ISO-8859-2", "Cache-Control": "max-age=900"}
    )
    seen = Seen()

    outcome = fetch_once(handler, seen=seen)

    assert isinstance(outcome, Fetched)
    assert (outcome.body, outcome.content_type, outcome.charset) == (b"<rss/>", "text/xml", "ISO-8859-2")
    assert (outcome.fresh_s, outcome.permanent_url) == (900.0, None)
    assert seen.outcomes == [("ok", 6)]


def test_given_validators_when_they_go_back_then_they_are_the_bytes_that_came() -> None:
    etag, modified = 'W/"a  b;\u00e9"', "tuesday 24-Nov-26"
    asked: list[dict[str, str]] = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(dict(request.headers))
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag, "Cache-Control": "max-age=60"})
        return web.Response(body=b"<rss/>", headers={"ETag": etag, "Last-Modified": modified})

    async def run() -> tuple[FetchOutcome, FetchOutcome]:
        async with serving(handler) as base, new_fetcher() as fetcher:
            first = await fetcher.fetch(base)
            assert isinstance(first, Fetched)
            return first, await fetcher.fetch(base, validators=first.validators)

    first, second = asyncio.run(run())

    assert isinstance(first, Fetched)
    assert first.validators == Validators(etag, modified)
    assert second == NotModified(Validators(etag, None), 60.0)
    assert (asked[1]["If-None-Match"], asked[1]["If-Modified-Since"]) == (etag, modified)
    assert "If-None-Match" not in asked[0]


def test_given_a_server_when_it_is_asked_then_it_learns_who_we_are_and_no_cookie_returns() -> None:
    asked: list[dict[str, str]] = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(dict(request.headers))
        return web.Response(body=b"x", headers={"Set-Cookie": "tracker=1"})

    async def run() -> None:
        options = FetchOptions(contact="https://example.org/bot")
        async with serving(handler) as base, new_fetcher(options) as fetcher:
            await fetcher.fetch(base)
            await fetcher.fetch(base, headers={"user-agent": "Special/1"})

    asyncio.run(run())

    assert asked[0]["User-Agent"] == "Wirewatch/9.9 (+https://example.org/bot)"
    assert [value for name, value in asked[1].items() if name.lower() == "user-agent"] == ["Special/1"]
    assert not any("Cookie" in headers for headers in asked)


def test_given_a_proxy_in_the_environment_when_fetching_then_it_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    outcome = fetch_once(giving(200, b"direct"))

    assert isinstance(outcome, Fetched)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_given_a_compressed_body_when_it_is_fetched_then_it_is_inflated(encoding: str) -> None:
    body = b"<rss>" + b"news " * 1000 + b"</rss>"
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[encoding](body)

    outcome = fetch_once(giving(200, packed, {"Content-Encoding": encoding}))

    assert isinstance(outcome, Fetched)
    assert outcome.body == body


def test_given_a_body_that_is_not_gzip_when_it_says_so_then_the_encoding_is_bad() -> None:
    outcome = fetch_once(giving(200, b"<rss/> not gzip", {"Content-Encoding": "gzip"}))

    assert failure_of(outcome) == "bad_encoding"
