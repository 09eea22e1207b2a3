"""A feed as the rows that `wirewatch feed parse` prints. Pure."""

from ingest.feeds.dates import parse_feed_date
from ingest.feeds.model import FeedEntry, NotAFeed
from ingest.feeds.parse import parse_feed
from stream.timing import rfc3339

Row = dict[str, str | None]


def feed_rows(data: bytes, file: str) -> list[Row] | NotAFeed:
    """One row an entry, in the order of the feed: file, id, title, link, published (RFC 3339), content."""
    feed = parse_feed(data)
    return feed if isinstance(feed, NotAFeed) else [_row(entry, file) for entry in feed.entries]


def _row(entry: FeedEntry, file: str) -> Row:
    at = parse_feed_date(entry.published_raw) or parse_feed_date(entry.modified_raw)
    return {
        "file": file,
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "published": None if at is None else rfc3339(at),
        "content": entry.body,
    }
