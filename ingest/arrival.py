"""From an item as found, and what is known of it, to what the store settles. Pure."""

from dataclasses import dataclass

from ingest.article import EventItem
from ingest.fingerprint import Fingerprint, guid_link, url_link
from ingest.item import RawItem, Rejected
from ingest.outcome import Duplicate
from ingest.revision import Decision
from ingest.urls import canonical_url, is_front_page
from stream.event import MAX_EVENT_BYTES, ArticleEvent, encode


@dataclass(frozen=True, slots=True)
class Links:
    """Other names under which an event may be known; None where the source's identity allows none.

    `found` is the address at which it was found, where its page names another as its own (rel=canonical):
    noted, so that a teaser with that address is known; never asked for, since at one address (a front page,
    "latest") one article may follow another.
    """

    url: bytes | None = None
    found: bytes | None = None
    guid: bytes | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """An item handled before, just as it is, with what becomes of it now."""

    outcome: Duplicate | Rejected


@dataclass(frozen=True, slots=True)
class Ruled:
    """An item about which all ingesters that share the sources have decided already."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class Arrival:
    """An item on its way into the store; without a fingerprint where its source rejected it."""

    result: ArticleEvent | Rejected | Repeated | Ruled
    fingerprint: Fingerprint | None = None
    links: Links = Links()
    locator: str = ""


def finished(
    item: RawItem | Rejected, repeated: Repeated | None
) -> ArticleEvent | Rejected | Repeated | None:
    """What an item comes to without any work; None: it must be normalised."""
    if repeated is not None:
        return repeated
    if isinstance(item, EventItem):
        return item.event
    return item if isinstance(item, Rejected) else None


def arrival(
    item: RawItem | Rejected,
    mark: Fingerprint | None,
    result: ArticleEvent | Rejected | Repeated,
    reliable: frozenset[tuple[str, str]],
) -> Arrival:
    """Put together what the store must know; `reliable` are the guids that name one article each."""
    if not isinstance(result, ArticleEvent) or not isinstance(item, RawItem):
        return Arrival(result, mark, locator=item.locator)
    return Arrival(_fitting(result, item.locator), mark, _links(item, result, reliable), item.locator)


def _links(item: RawItem, event: ArticleEvent, reliable: frozenset[tuple[str, str]]) -> Links:
    """The other names of an event; none where its source says that the guid alone counts."""
    if item.identity == "guid":
        return Links()
    has_guid = item.guid and (item.source, item.guid) in reliable and item.guid != item.url
    url = url_link(event.url) if event.url else None
    address = canonical_url(item.url or "")
    found = url_link(address) if address and not is_front_page(address) else None
    return Links(
        url=url,
        found=found if found != url else None,
        guid=guid_link(item.source, item.guid) if has_guid and item.guid else None,
    )


def _fitting(event: ArticleEvent, locator: str) -> ArticleEvent | Rejected:
    """Refuse what the log could not store: one such event must not spoil the hand-over it came in."""
    try:
        size = len(encode(event))
    except (UnicodeEncodeError, TypeError, ValueError) as error:
        return Rejected("invalid", str(error), event.source, locator)
    if size > MAX_EVENT_BYTES:
        return Rejected("too_large", f"{size} bytes, at most {MAX_EVENT_BYTES}", event.source, locator)
    return event
