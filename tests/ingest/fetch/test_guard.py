"""What hostile servers try: forbidden addresses by every road, and bodies that blow up."""

import asyncio
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from aiohttp import web

from ingest.fetch import Fetched, Fetcher, FetchFailed, FetchOptions, FetchOutcome, Validators
from stream.net import NetPolicy
from tests.support.loopback import Names, answering, canary, serving
from tests.support.spellings import FORBIDDEN

MIB = 1024 * 1024
REFUSALS = {"forbidden_address", "bad_redirect", "http_4xx"}


def _fetcher(names: Names | None = None, policy: NetPolicy | None = None, max_bytes: int = MIB) -> Fetcher:
    return Fetcher(
        policy or NetPolicy(), FetchOptions(max_bytes=max_bytes, timeout_s=10.0), version="0", resolver=names
    )


def _reason(outcome: FetchOutcome) -> str:
    assert isinstance(outcome, FetchFailed), outcome
    return outcome.reason


def test_given_forbidden_spellings_when_they_are_fetched_then_nobody_is_reached() -> None:
    async def fetch_all(port: int) -> list[FetchOutcome]:
        async with _fetcher() as fetcher:
            return [await fetcher.fetch(spelling.format(port=port)) for spelling in FORBIDDEN]

    with canary() as bird:
        outcomes = asyncio.run(fetch_all(bird.port))

        assert bird.connections() == 0
    assert {_reason(outcome) for outcome in outcomes} == {"forbidden_address"}


def test_given_forbidden_spellings_when_a_feed_redirects_to_them_then_nobody_is_reached() -> None:
    # The front end stands for a public server: its name, and nothing else, is excepted.
    policy = NetPolicy(allow=("front.example",))

    async def redirect(request: web.BaseRequest) -> web.StreamResponse:
        if not request.path[1:].isdigit():  # `http:///x` and `http:x` lead back to this server by RFC 3986
            return web.Response(status=404)
        target = FORBIDDEN[int(request.path[1:])].format(port=bird.port)
        return web.Response(status=302, headers={"Location": target})

    async def fetch_all() -> list[FetchOutcome]:
        names = Names({"front.example": [["127.0.0.1"]]})
        async with serving(redirect) as base, _fetcher(names, policy) as fetcher:
            front = f"http://front.example:{base.rpartition(':')[2]}"
            return [await fetcher.fetch(f"{front}/{number}") for number in range(len(FORBIDDEN))]

    with canary() as bird:
        outcomes = asyncio.run(fetch_all())

        assert bird.connections() == 0
    assert {_reason(outcome) for outcome in outcomes} <= REFUSALS


def test_given_a_redirect_to_a_name_of_this_machine_when_followed_then_nobody_is_reached() -> None:
    policy = NetPolicy(allow=("front.example",))

    async def fetch() -> FetchOutcome:
        names = Names({"front.example": [["127.0.0.1"]], "inside.example": [["127.0.0.1"]]})
        raw = f"HTTP/1.1 302 Found\r\nLocation: http://inside.example:{bird.port}/\r\n\r\n".encode()
        async with answering(raw) as base, _fetcher(names, policy) as fetcher:
            return await fetcher.fetch(f"http://front.example:{base.rpartition(':')[2]}/")

    with canary() as bird:
        outcome = asyncio.run(fetch())

        assert bird.connections() == 0
    assert _reason(outcome) == "forbidden_address"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_given_a_bomb_when_it_is_fetched_then_memory_stays_near_the_cap(encoding: str) -> None:
    bomb = _bomb(encoding, 100)

    async def explode(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=bomb, headers={"Content-Encoding": encoding})

    async def fetch() -> FetchOutcome:
        async with serving(explode) as base, _fetcher(policy=NetPolicy(allow=("127.0.0.1",))) as fetcher:
            return await fetcher.fetch(base)

    outcome, peak_bytes = _peak(lambda: asyncio.run(fetch()))

    assert len(bomb) < MIB / 2
    assert _reason(outcome) == "too_large"
    assert peak_bytes < 8 * MIB


def test_given_bytes_for_an_etag_that_are_no_text_when_they_come_then_they_are_not_kept() -> None:
    # aiohttp would send another ETag than came, and no database stores half a character.
    raw = b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: "caf\xe9"\r\nLast-Modified: today\r\n\r\nhi'

    async def fetch() -> FetchOutcome:
        async with answering(raw) as base, _fetcher(policy=NetPolicy(allow=("127.0.0.1",))) as fetcher:
            return await fetcher.fetch(base)

    outcome = asyncio.run(fetch())

    assert isinstance(outcome, Fetched)
    assert outcome.validators == Validators(None, "today")


def test_given_a_status_line_that_is_no_text_when_it_fails_then_the_detail_can_be_stored() -> None:
    async def fetch() -> FetchOutcome:
        raw = b"HTTP/\xff\xfe 200 \xe9\r\n\r\n"
        async with answering(raw) as base, _fetcher(policy=NetPolicy(allow=("127.0.0.1",))) as fetcher:
            return await fetcher.fetch(base)

    outcome = asyncio.run(fetch())

    assert isinstance(outcome, FetchFailed)
    assert outcome.detail.encode("utf-8")


def _bomb(encoding: str, mib: int) -> bytes:
    if encoding == "br":
        packer = brotli.Compressor(quality=4)
        return b"".join([*(packer.process(bytes(MIB)) for _ in range(mib)), packer.finish()])
    deflater = zlib.compressobj(9, wbits=31 if encoding == "gzip" else 15)
    return b"".join([*(deflater.compress(bytes(MIB)) for _ in range(mib)), deflater.flush()])


def _peak(run: Callable[[], FetchOutcome]) -> tuple[FetchOutcome, int]:
    tracemalloc.start()
    try:
        outcome = run()
        return outcome, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
