"""Push: articles that others send us, as the body of `POST /v1/articles`."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

from ingest.age import DEFAULT_MAX_AGE, MaxAge
from ingest.article import event_item, parse_article
from ingest.article_keys import key_warnings
from ingest.item import RawItem, Rejected
from stream.event import ArticleEvent

KIND = "push"


class PushConfig(BaseModel):
    """How much one request may hold, and the source that pushed articles belong to.

    Articles older than `max_age` are kept and matched as backlog, and alert nobody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = "push"
    max_age: MaxAge = DEFAULT_MAX_AGE
    max_body_bytes: int = Setting(default=1_000_000, ge=1_000, le=50_000_000)
    max_articles: int = Setting(default=500, ge=1, le=500)


def parse_body(
    body: bytes, config: PushConfig, found_at: datetime
) -> tuple[RawItem | Rejected, ...] | Rejected:
    """Read one article or a JSON array of them.

    One Rejected instead of a tuple when the body as a whole cannot be used (`too_large`, `invalid`);
    inside the tuple, one Rejected for each article that cannot, with its index as locator: `[3]`.
    """
    if len(body) > config.max_body_bytes:
        return Rejected("too_large", f"body over {config.max_body_bytes} bytes", config.source)
    try:
        articles = _split(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Rejected("invalid", str(error), config.source)
    if len(articles) > config.max_articles:
        return Rejected(
            "too_large", f"{len(articles)} articles, at most {config.max_articles}", config.source
        )
    return tuple(_parse_each(body, articles, config, found_at))


def body_warnings(body: bytes) -> tuple[tuple[str, ...], ...]:
    """What was left out of each article, in order; for a body that `parse_body` could use."""
    return tuple(key_warnings(bytes(article)) for article in _split(body))


def _parse_each(
    body: bytes, articles: Sequence[bytes | msgspec.Raw], config: PushConfig, found_at: datetime
) -> Iterator[RawItem | Rejected]:
    """Read them in order, each with what stands before it in the body."""
    whole, at = memoryview(body), 0
    for index, article in enumerate(articles):
        data = bytes(article)
        at = body.find(data, at)  # between two articles there are commas and blanks only
        yield _parse(data, index, config, found_at, whole[:at])
        at += len(data)


def _split(body: bytes) -> Sequence[bytes | msgspec.Raw]:
    if body.lstrip()[:1] == b"[":
        return msgspec.json.decode(body, type=list[msgspec.Raw])
    return [body]


def _parse(
    data: bytes, index: int, config: PushConfig, found_at: datetime, before: memoryview
) -> RawItem | Rejected:
    locator = f"[{index}]"
    parsed = parse_article(data, source=config.source, found_at=found_at, locator=locator, before=before)
    if isinstance(parsed, ArticleEvent):
        return event_item(parsed, found_at=found_at, locator=locator)
    return parsed
