"""Asking a server over HTTP, byte by byte where it must be."""

import asyncio
import http.client
import json
import socket
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from ingest.item import RawItem, Rejected
from ingest.outcome import Accepted, IntakeResult, Outcome, TryLater, tally
from stream.event import identity

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
JSON = {"content-type": "application/json"}
PROBLEM = "application/problem+json"
HTML = "text/html; charset=utf-8"
_TIMEOUT_S = 20


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "")


def ask(
    origin: str,
    path: str,
    method: str = "GET",
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One request; the path is sent as it is."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=_TIMEOUT_S)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())
    finally:
        connection.close()


def look(origin: str, path: str) -> Answer:
    """As a browser does."""
    return ask(origin, path, headers=BROWSER)


def send_raw(origin: str, request: bytes) -> bytes:
    """Send these bytes and read the start of the answer."""
    parts = urlsplit(origin)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=_TIMEOUT_S) as connection:
        connection.sendall(request)
        return connection.recv(65_536)


class FakeDoor:
    """Where pushed articles go in: takes everything, or answers as it was told."""

    def __init__(self, answer: TryLater | Exception | None = None) -> None:
        self.answer = answer
        self.taken: list[RawItem | Rejected] = []

    async def accept(self, items: Any, max_age: timedelta | None) -> IntakeResult | TryLater:
        del max_age
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        self.taken += items
        outcomes: tuple[Outcome, ...] = tuple(map(_outcome, items))
        return IntakeResult(outcomes, tally(outcomes))


class HeldDoor(FakeDoor):
    """A door that keeps everybody waiting until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0
        self._open: Future[None] = Future()

    async def accept(self, items: Any, max_age: timedelta | None) -> IntakeResult | TryLater:
        self.waiting += 1
        await asyncio.wrap_future(self._open)
        return await super().accept(items, max_age)

    def open(self) -> None:
        self._open.set_result(None)


def _outcome(item: RawItem | Rejected) -> Outcome:
    if isinstance(item, Rejected):
        return item
    return Accepted(identity(item.title or item.text or ""), 1, is_new=True)
