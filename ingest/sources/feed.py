"""A feed over HTTP: RSS, Atom or JSON Feed, polled politely."""

import hashlib
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, SecretStr, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from ingest.age import max_age_of
from ingest.feeds.model import FeedEntry, NotAFeed, ParsedFeed
from ingest.feeds.parse import ParseRunner, parse_feed
from ingest.fetch import Fetched, Fetcher, FetchFailed, Gone, NotModified, Validators
from ingest.item import RawItem, Rejected
from ingest.sources import Polled, PollFailed, PollOutcome, SourceConfig, SourceGone, Unchanged
from stream.config.secrecy import url_without_secrets
from stream.net import NetPolicy, check_url
from stream.untrusted.addresses import read_url

logger = logging.getLogger(__name__)

_MAX_HINT_S = 86_400.0  # a feed may ask for a day of peace and not for more
_MAX_BAD_GUIDS = 0.05
_MAX_URL_CHARS = 4096
_MAX_GUID_CHARS = 1000

HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]


class FeedSourceConfig(SourceConfig):
    """A feed as configured.

    `headers` go to the feed's own origin only.
    """

    # A validation error must not print the secrets among the headers.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Literal["feed"] = "feed"
    url: str = Field(max_length=_MAX_URL_CHARS)
    user_agent: str | None = Field(default=None, max_length=300, pattern=r"^[\x20-\x7e]+$")
    headers: dict[HeaderName, SecretStr] = Field(default_factory=dict, max_length=20)
    max_entries: int = Field(default=500, ge=1, le=5000)
    parse_timeout_s: float = Field(default=10.0, gt=0, le=60)

    @model_validator(mode="before")
    @classmethod
    def _without_backlog_days(cls, given: Any) -> Any:
        if isinstance(given, dict) and "backlog_days" in given:
            wanted = "max_age, which holds for every poll: max_age: 30d"
            raise PydanticCustomError(
                "renamed", "backlog_days is gone", {"wanted": wanted, "at": ("backlog_days",)}
            )
        return given

    @field_validator("url")
    @classmethod
    def _can_be_fetched(cls, url: str) -> str:
        try:
            check_url(url, NetPolicy(allow_private=True))  # where it may lead is the fetcher's policy
        except OSError as error:
            raise ValueError(str(error)) from error
        return url

    @field_validator("headers")
    @classmethod
    def _fit_on_a_line(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, value in headers.items():
            if not re.fullmatch(r"[\x20-\x7e]{0,4096}", value.get_secret_value()):
                raise ValueError(f"the value of {name} is no line of printable ASCII")
        return headers


class FeedSource:
    """Polls one feed.

    The cursor holds `url`, `etag`, `last_modified`, `body_hash` and, after permanent redirects only,
    `moved_to`; a cursor of another URL counts as none. The configured URL stays the one that is asked.
    """

    def __init__(self, config: FeedSourceConfig, fetcher: Fetcher, parser: ParseRunner) -> None:
        self._config = config
        self._fetcher = fetcher
        self._parser = parser
        self._headers = {name: value.get_secret_value() for name, value in config.headers.items()}
        if config.user_agent:
            self._headers["User-Agent"] = config.user_agent

    @property
    def id(self) -> str:
        """The configured slug."""
        return self._config.id

    @property
    def kind(self) -> str:
        """Always `feed`."""
        return self._config.kind

    @property
    def interval_s(self) -> float:
        """Seconds between polls, unless the feed asks for more."""
        return self._config.interval_s

    @property
    def max_age(self) -> timedelta | None:
        """How old an entry may be and still alert."""
        return max_age_of(self._config.max_age)

    @property
    def host(self) -> str | None:
        """The host of the configured URL."""
        url = read_url(self._config.url)
        return url.host if url else None

    async def poll(self, cursor: Mapping[str, str], now: datetime) -> PollOutcome:
        """Fetch, and parse what is new by its hash.

        Reasons of failure: those of a fetch, `not_a_feed` and `parse_timeout`.
        """
        known = cursor if cursor.get("url") == self._config.url else {}
        validators = Validators(known.get("etag"), known.get("last_modified"))
        outcome = await self._fetcher.fetch(self._config.url, validators=validators, headers=self._headers)
        match outcome:
            case FetchFailed(reason, detail, retry_after_s):
                return PollFailed(reason, detail, retry_after_s)
            case Gone(url):
                return SourceGone(f"HTTP 410 from {url_without_secrets(url)}")
            case NotModified():
                return Unchanged(_revalidated(known, outcome.validators), _hint_s(None, outcome.fresh_s))
            case Fetched():
                return await self._read(outcome, known, now)

    async def _read(self, found: Fetched, known: Mapping[str, str], now: datetime) -> PollOutcome:
        cursor = self._cursor(found)
        if cursor.get("moved_to") != known.get("moved_to"):
            url = url_without_secrets(cursor.get("moved_to", ""))
            logger.info("moved permanently", extra={"source": self.id, "url": url})
        if cursor["body_hash"] == known.get("body_hash"):
            return Unchanged(cursor, _hint_s(None, found.fresh_s))
        limit = self._config.max_entries
        try:
            feed = await self._parser.run(
                parse_feed,
                found.body,
                found.charset,
                found.url,
                limit,
                timeout_s=self._config.parse_timeout_s,
            )
        except TimeoutError:
            return PollFailed("parse_timeout", f"more than {self._config.parse_timeout_s} s")
        if isinstance(feed, NotAFeed):
            return PollFailed("not_a_feed", f"{feed.reason}: {feed.detail}")
        items, rejected = _Batch(self._config, feed, now).sorted_out()
        return Polled(items, cursor, rejected, _hint_s(feed.ttl_s, found.fresh_s))

    def _cursor(self, found: Fetched) -> dict[str, str]:
        cursor = {"url": self._config.url, "body_hash": hashlib.sha256(found.body).hexdigest()}
        if found.permanent_url:
            cursor["moved_to"] = found.permanent_url
        return _revalidated(cursor, found.validators)


def _revalidated(cursor: Mapping[str, str], validators: Validators) -> dict[str, str]:
    """The cursor with the validators that came; those that did not come stay as they were."""
    came = {"etag": validators.etag, "last_modified": validators.last_modified}
    return {**cursor, **{name: value for name, value in came.items() if value}}


def _hint_s(ttl_s: float | None, fresh_s: float | None) -> float | None:
    hint_s = max(ttl_s or 0.0, fresh_s or 0.0)
    return min(hint_s, _MAX_HINT_S) if hint_s > 0 else None


@dataclass(frozen=True, slots=True)
class _Batch:
    """The entries of one parse on their way to items."""

    config: FeedSourceConfig
    feed: ParsedFeed
    now: datetime

    def sorted_out(self) -> tuple[tuple[RawItem, ...], tuple[Rejected, ...]]:
        items: list[RawItem] = []
        rejected: list[Rejected] = []
        guids = _guids(self.feed.entries)
        for number, (entry, guid) in enumerate(zip(self.feed.entries, guids, strict=True), start=1):
            locator = f"{url_without_secrets(self.config.url)}#{number}"
            if entry.title or entry.body:
                items.append(self._item(entry, guid, locator))
            else:
                named = f"entry {entry.link or entry.id}"[:300]
                rejected.append(Rejected("empty", named, self.config.id, locator))
        return tuple(items), tuple(rejected)

    def _item(self, entry: FeedEntry, guid: str | None, locator: str) -> RawItem:
        config = self.config
        return RawItem(
            source=config.id,
            found_at=self.now,
            url=_web_address(entry.link),
            guid=guid,
            title=entry.title or None,
            summary=entry.summary,
            html=entry.content_html if entry.body == entry.content_html else None,
            published=entry.published_raw,
            modified=entry.modified_raw,
            language=config.language or entry.language or self.feed.language,
            publisher=config.publisher or self.feed.title or None,
            publisher_country=config.publisher_country,
            authors=entry.authors,
            section=config.section,
            tags=(*config.tags, *entry.tags),
            identity=config.identity,
            locator=locator,
        )


def _web_address(link: str | None) -> str | None:
    is_usable = link is not None and len(link) <= _MAX_URL_CHARS and link.startswith(("http://", "https://"))
    return link if is_usable else None


def _guids(entries: Sequence[FeedEntry]) -> list[str | None]:
    """Ids that identify.

    One id on entries with different links is made unique by the link (miniflux/v2:internal/reader/rss/
    adapter.go). Where more than 5 % repeat, no id of the feed is worth anything (FreshRSS/FreshRSS:
    app/Models/Feed.php).
    """
    links: dict[str, set[str | None]] = {}
    for entry in entries:
        if entry.id:
            links.setdefault(entry.id, set()).add(entry.link)
    repeats = Counter(entry.id for entry in entries if entry.id and len(links[entry.id]) > 1)
    if repeats.total() > max(len(entries) * _MAX_BAD_GUIDS, 2):
        return [None] * len(entries)
    ids = (f"{e.id} {e.link}" if e.id in repeats else e.id for e in entries)
    return [None if guid is None else guid[:_MAX_GUID_CHARS] for guid in ids]
