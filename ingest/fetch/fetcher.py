"""The Fetcher: one GET, however many hops it takes, that ends in time and stays within its bounds."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import Protocol, Self
from weakref import WeakValueDictionary

import aiohttp
from aiohttp.abc import AbstractResolver
from pydantic import BaseModel, ConfigDict, Field
from yarl import URL

from ingest.fetch import headers as read
from ingest.fetch.errors import failure_of
from ingest.fetch.outcome import Fetched, FetchFailed, FetchOutcome, Gone, NotModified, Validators
from ingest.fetch.redirects import PERMANENT, REDIRECTS, kept_headers, target_of
from stream.config.secrecy import url_without_secrets, without_secrets
from stream.net import ForbiddenAddressError, NetPolicy, check_url, guarded_connector
from stream.timing import Clock, utc_now
from stream.untrusted.times import retry_after_s

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, "
    "text/html;q=0.8, */*;q=0.5"
)


class FetchOptions(BaseModel):
    """How patient and how polite we are.

    `timeout_s` bounds the whole fetch from the first look-up to the last byte, over all redirects;
    `max_bytes` the body after decompression; `per_host` the fetches under way at one host.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    timeout_s: float = Field(default=30.0, gt=0, le=600)
    connect_timeout_s: float = Field(default=10.0, gt=0, le=120)
    max_bytes: int = Field(default=10 * 1024 * 1024, gt=0, le=1 << 30)
    max_redirects: int = Field(default=5, ge=0, le=20)
    per_host: int = Field(default=2, ge=1, le=32)
    connections: int = Field(default=64, ge=1, le=1024)
    contact: str | None = Field(default=None, max_length=200, pattern=r"^[\x21-\x7e]+$")


class FetchObserver(Protocol):
    """Is told of every fetch that ended, for metrics."""

    def fetched(self, outcome: str, duration_s: float, body_bytes: int) -> None:
        """`outcome` is bounded: `ok`, `not_modified`, `gone` or a FetchReason."""
        ...


@dataclass(frozen=True, slots=True)
class _Request:
    """One chain of hops: what is asked for, and what is left of the time."""

    headers: Mapping[str, str]  # of the caller; credentials among them
    validators: Validators
    max_bytes: int
    hops: list[tuple[int, URL]] = field(default_factory=list)  # status, where it led


class Fetcher:
    """Fetches over HTTP. Use as an async context manager: it holds a session while it is open.

    Cookies are never kept, proxies of the environment never used, nothing is retried.
    """

    def __init__(
        self,
        policy: NetPolicy,
        options: FetchOptions,
        *,
        version: str,
        clock: Clock = utc_now,
        observer: FetchObserver | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._policy = policy
        self._options = options
        self._clock = clock
        self._observer = observer
        self._resolver = resolver
        self._user_agent = read.user_agent(version, options.contact)
        self._slots: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=guarded_connector(
                self._policy, resolver=self._resolver, limit=self._options.connections
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._options.connect_timeout_s),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
    ) -> FetchOutcome:
        """GET `url`, conditionally where validators are given. Never raises for what the network does.

        `headers` override ours (a user agent) or add to them (credentials); another origin that `url`
        redirects to gets the user agent only. Waiting for a free slot of the host is not counted as time.
        """
        started = monotonic()
        request = _Request(headers or {}, validators or Validators(), max_bytes or self._options.max_bytes)
        try:
            outcome = await self._follow(check_url(url, self._policy), request)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            outcome = failure_of(error)
        self._report(outcome, monotonic() - started)
        return outcome

    async def _follow(self, url: URL, request: _Request) -> FetchOutcome:
        home, left_s = url, self._options.timeout_s
        while True:
            async with self._slot(url):
                began = monotonic()
                async with asyncio.timeout(left_s):
                    step = await self._hop(url, home, request)
                left_s -= monotonic() - began
            if not isinstance(step, URL):
                return step
            url = step

    def _slot(self, url: URL) -> asyncio.Semaphore:
        return self._slots.setdefault(url.host or "", asyncio.Semaphore(self._options.per_host))

    async def _hop(self, url: URL, home: URL, request: _Request) -> FetchOutcome | URL:
        if self._session is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        sent = self._headers(request.validators, kept_headers(request.headers, home, url))
        async with self._session.get(url, headers=sent, allow_redirects=False) as response:
            if response.status in REDIRECTS:
                return self._redirected(response, request)
            if not 200 <= response.status < 300 or response.status == 206:
                return self._without_body(response, request)
            body = await _bounded_body(response, request.max_bytes)
            if body is None:
                return FetchFailed("too_large", f"more than {request.max_bytes} bytes")
            return Fetched(
                url=str(response.url),
                body=body,
                content_type=response.content_type,
                charset=response.charset,
                validators=_validators(response),
                fresh_s=read.fresh_s(response.headers, self._clock()),
                permanent_url=_permanent(request),
            )

    def _headers(self, validators: Validators, asked: dict[str, str]) -> dict[str, str]:
        sent = {"User-Agent": self._user_agent, "Accept": _ACCEPT}
        if validators.etag:
            sent["If-None-Match"] = validators.etag
        if validators.last_modified:
            sent["If-Modified-Since"] = validators.last_modified
        overridden = {name.lower() for name in asked}
        return {name: value for name, value in sent.items() if name.lower() not in overridden} | asked

    def _redirected(self, response: aiohttp.ClientResponse, request: _Request) -> URL | FetchFailed:
        target = target_of(response.url, response.headers.get("Location", ""))
        if isinstance(target, FetchFailed):
            return target
        if target == response.url or any(target == url for _, url in request.hops):
            return FetchFailed("redirect_loop", f"{url_without_secrets(str(target))} came twice")
        if len(request.hops) >= self._options.max_redirects:
            return FetchFailed("too_many_redirects", f"more than {self._options.max_redirects}")
        try:
            check_url(target, self._policy)
        except ForbiddenAddressError as error:
            return FetchFailed("forbidden_address", f"redirected: {without_secrets(str(error))}")
        request.hops.append((response.status, target))
        return target

    def _without_body(self, response: aiohttp.ClientResponse, request: _Request) -> FetchOutcome:
        now, detail = self._clock(), f"HTTP {response.status}"
        if response.status == 304:
            if request.validators == Validators():
                return FetchFailed("protocol", "304 to an unconditional request")
            return NotModified(
                _validators(response), read.fresh_s(response.headers, now), _permanent(request)
            )
        if response.status == 410:
            return Gone(str(response.url))
        asked = response.headers.get("Retry-After") if response.status in {429, 503} else None
        pause_s = retry_after_s(asked, now, read.RETRY_AFTER_LIMIT_S)
        if response.status == 429:
            return FetchFailed("throttled", detail, pause_s)
        if response.status < 400:
            return FetchFailed("protocol", detail)
        return FetchFailed("http_4xx" if response.status < 500 else "http_5xx", detail, pause_s)

    def _report(self, outcome: FetchOutcome, duration_s: float) -> None:
        if self._observer is None:
            return
        match outcome:
            case Fetched():
                self._observer.fetched("ok", duration_s, len(outcome.body))
            case NotModified():
                self._observer.fetched("not_modified", duration_s, 0)
            case Gone():
                self._observer.fetched("gone", duration_s, 0)
            case FetchFailed():
                self._observer.fetched(outcome.reason, duration_s, 0)


async def _bounded_body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes | None:
    """The whole body, or None once it is past the cap.

    aiohttp inflates in bounded steps: a bomb of 1:1000 raised memory by 5 MB at a cap of 10 MB.
    """
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            response.close()
            return None
    return bytes(body)


def _validators(response: aiohttp.ClientResponse) -> Validators:
    return Validators(_text(response, "ETag"), _text(response, "Last-Modified"))


def _text(response: aiohttp.ClientResponse, name: str) -> str | None:
    """A header, unless its bytes are no UTF-8: aiohttp could not send them back as they came."""
    value = response.headers.get(name)
    return None if value is None or re.search(r"[\ud800-\udfff]", value) else value


def _permanent(request: _Request) -> str | None:
    is_permanent = bool(request.hops) and all(status in PERMANENT for status, _ in request.hops)
    return str(request.hops[-1][1]) if is_permanent else None
