"""RawItem: what any source hands over, before normalising; and what becomes of what can't be used."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

RejectReason = Literal[
    "empty",  # no title and no text
    "too_large",  # past a size limit
    "undecodable",  # bytes in no readable encoding or broken mark-up
    "invalid",  # a field of the wrong shape
    "extraction_failed",  # the extractor raised or ran out of time
    "unsafe_path",  # symlink, device, or outside its folder
    "not_an_article",  # a page that changes too often, or has no body
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """One item as found. Exactly one of `html`, `page_text` and `text` is the body, or none.

    `html` is a page or an HTML fragment; `page_text` a whole page rendered to text, boilerplate and all;
    `text` a body that is already clean. `published` and `modified` are as the source wrote
    them. `id` is the caller's own name for the item and is only echoed.
    """

    source: str
    found_at: datetime
    id: str | None = None
    url: str | None = None
    guid: str | None = None
    title: str | None = None
    summary: str | None = None
    html: str | bytes | None = None
    charset: str | None = None
    page_text: str | None = None
    text: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    publisher: str | None = None
    publisher_country: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    identity: Literal["url", "guid"] = "url"
    locator: str = ""  # file:line or the like, for messages


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that becomes no event, and why; `detail` is for people and is never a label."""

    reason: RejectReason
    detail: str
    source: str
    locator: str = ""
