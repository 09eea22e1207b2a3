"""What a source is: something that is polled and hands over items; and what a poll may come to.

One file a kind lies beside this one, holding its config model and its class; it knows no sibling.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic import Field as Setting

from ingest.age import DEFAULT_MAX_AGE, MaxAge
from ingest.item import RawItem, Rejected

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[-_.][a-z0-9]+)*$", max_length=64)]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
LanguageTag = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$", max_length=35)
]


class SourceConfig(BaseModel):
    """What the configuration of every kind of source has.

    `publisher_country` is ISO 3166-1 alpha-2 (plus XK), `language` a BCP 47 tag; both are priors for
    articles that do not say. `identity: guid` is for sources whose URLs change under one article. An article
    older than `max_age` is kept and matched as backlog, and alerts nobody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    kind: str
    enabled: bool = True
    interval_s: float = Setting(default=900.0, ge=1.0, le=7 * 86_400.0)
    publisher: str | None = Setting(default=None, max_length=200)
    publisher_country: CountryCode | None = None
    language: LanguageTag | None = None
    section: str | None = Setting(default=None, max_length=200)
    tags: tuple[str, ...] = ()
    identity: Literal["url", "guid"] = "url"
    max_age: MaxAge = DEFAULT_MAX_AGE


@dataclass(frozen=True, slots=True)
class Polled:
    """New content. `cursor` may be stored only together with the items, else a crash loses them.

    `next_after_s` asks not to be polled again sooner: it lengthens the interval and never shortens it.
    """

    items: tuple[RawItem, ...]
    cursor: dict[str, str]
    rejected: tuple[Rejected, ...] = ()
    next_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The source answered and has nothing new."""

    cursor: dict[str, str]
    next_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class PollFailed:
    """No answer that can be used; the cursor stays as it was.

    `reason` is bounded and becomes a metric label; `detail` is for people. `retry_after_s` is what the
    server asked for.
    """

    reason: str
    detail: str
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class SourceGone:
    """The source says that it will not come back (HTTP 410): stop polling and tell the operator."""

    detail: str


PollOutcome = Polled | Unchanged | PollFailed | SourceGone


class Source(Protocol):
    """Something that is polled; its attributes never change while it lives."""

    @property
    def id(self) -> str:
        """The configured slug."""
        ...

    @property
    def kind(self) -> str:
        """The kind named in the configuration, one of few: it is a metric label."""
        ...

    @property
    def interval_s(self) -> float:
        """Seconds between two polls when nothing lengthens them."""
        ...

    @property
    def max_age(self) -> timedelta | None:
        """How old an article may be and still alert; None: any age."""
        ...

    @property
    def host(self) -> str | None:
        """The server this source loads, so that sources of one host can be kept apart; None: no server."""
        ...

    async def poll(self, cursor: Mapping[str, str], now: datetime) -> PollOutcome:
        """Look once. `cursor` is empty on the first poll.

        Expected failures are values; what raises is a bug.
        """
        ...


def with_defaults(item: RawItem, config: SourceConfig) -> RawItem:
    """Let the configuration answer what an article does not say."""
    return replace(
        item,
        publisher=item.publisher or config.publisher,
        publisher_country=config.publisher_country,
        language=item.language or config.language,
        section=config.section,
        tags=config.tags,
    )
