"""Fetching once from a server on loopback."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web

from ingest.fetch import (
    Fetcher,
    FetchFailed,
    FetchOptions,
    FetchOutcome,
    Validators,
)
from stream.net import NetPolicy
from tests.support.loopback import Handler, Names, answering, serving

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

LOOPBACK = NetPolicy(allow=("127.0.0.0/8",))


@dataclass
class Seen:
    """What the observer was told."""

    outcomes: list[tuple[str, int]] = field(default_factory=list)

    def fetched(self, outcome: str, duration_s: float, body_bytes: int) -> None:
        assert duration_s >= 0
        self.outcomes.append((outcome, body_bytes))


def new_fetcher(
    options: FetchOptions | None = None, seen: Seen | None = None, names: Names | None = None
) -> Fetcher:
    return Fetcher(
        LOOPBACK,
        options or FetchOptions(),
        version="9.9",
        clock=lambda: NOW,
        observer=seen,
        resolver=names,
    )


def fetch_once(
    handler: Handler,
    path: str = "/feed",
    *,
    options: FetchOptions | None = None,
    seen: Seen | None = None,
    validators: Validators | None = None,
    headers: dict[str, str] | None = None,
) -> FetchOutcome:
    async def run() -> FetchOutcome:
        async with serving(handler) as base, new_fetcher(options, seen) as fetcher:
            return await fetcher.fetch(base + path, validators=validators, headers=headers)

    return asyncio.run(run())


def fetch_raw(raw: bytes, options: FetchOptions | None = None) -> FetchOutcome:
    async def run() -> FetchOutcome:
        async with answering(raw) as base, new_fetcher(options) as fetcher:
            return await fetcher.fetch(base + "/feed")

    return asyncio.run(run())


def giving(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> Handler:
    async def handler(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers=headers)

    return handler


def failure_of(outcome: FetchOutcome) -> str:
    assert isinstance(outcome, FetchFailed), outcome
    return outcome.reason
