import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.feeds.model import FeedEntry, NotAFeed, ParsedFeed
from ingest.feeds.parse import parse_feed
from tests.ingest.feeds.written import RSS_20, entry_of, read_feed, rss


def test_given_media_groups_and_itunes_when_there_is_no_description_then_they_serve() -> None:
    media = "xmlns:m='http://search.yahoo.com/mrss/'"
    item = "<title>T</title><m:group><m:title>Other</m:title><m:description>Words.</m:description></m:group>"

    entry = entry_of(rss(item, attributes=media))

    assert (entry.title, entry.summary) == ("T", "Words.")


@pytest.mark.parametrize(
    ("content", "summary", "body"),
    [
        ("<p>All of the story.</p>", "Short.", "<p>All of the story.</p>"),
        ("<p></p>", "Short.", "Short."),
        ("<img src='x.png'>", "A summary with words.", "A summary with words."),
        (None, "Short.", "Short."),
        ("<p>Alone.</p>", None, "<p>Alone.</p>"),
        (None, None, None),
    ],
)
def test_given_content_and_summary_when_one_says_more_then_it_is_the_body(
    content: str | None, summary: str | None, body: str | None
) -> None:
    assert FeedEntry(content_html=content, summary=summary).body == body


@pytest.mark.parametrize(
    ("head", "ttl_s"),
    [
        ("<ttl>60</ttl>", 3600.0),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800.0),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400.0),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
        ("", None),
    ],
)
def test_given_what_a_feed_asks_for_when_it_is_parsed_then_it_is_in_seconds(
    head: str, ttl_s: float | None
) -> None:
    sy = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"

    assert read_feed(rss("<title>T</title>", head, sy)).ttl_s == ttl_s


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\xef\xbb\xbf", "empty"),
        (b"\x00" * 100, "empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "html"),
        (b"<?xml version='1.0'?><!-- x --><html xmlns='http://www.w3.org/1999/xhtml'/>", "html"),
        (b"Service unavailable", "unreadable"),
        (b'{"message": "Not found"}', "unreadable"),
        (b"[1, 2", "unreadable"),
        (b'{"items": ' + b"[" * 100_000, "unreadable"),
        (b"<opml version='2.0'><body/></opml>", "unreadable"),
        (bytes(range(256)) * 10, "unreadable"),
        (b"x" * (32 * 1024 * 1024 + 1), "unreadable"),
    ],
)
def test_given_what_is_no_feed_when_it_is_parsed_then_the_reason_says_what_it_is(
    data: bytes, reason: str
) -> None:
    found = parse_feed(data)

    assert isinstance(found, NotAFeed)
    assert found.reason == reason


def test_given_a_feed_without_entries_when_it_is_parsed_then_it_is_still_a_feed() -> None:
    assert read_feed("<rss version='2.0'><channel><title>Quiet</title></channel></rss>").entries == ()


@settings(max_examples=150)
@given(st.data())
def test_given_a_damaged_feed_when_it_is_parsed_then_nothing_raises(data: st.DataObject) -> None:
    damaged = bytearray(RSS_20.encode())
    for _ in range(data.draw(st.integers(1, 12))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))

    found = parse_feed(bytes(damaged[: data.draw(st.integers(1, len(damaged)))]))

    entries = found.entries if isinstance(found, ParsedFeed) else ()
    assert all(str(entry).encode("utf-8") for entry in entries)


@given(st.binary(max_size=400))
def test_given_any_bytes_when_they_are_parsed_then_nothing_raises(data: bytes) -> None:
    assert isinstance(parse_feed(data), NotAFeed | ParsedFeed)
    assert isinstance(parse_feed(b"<rss><channel><item>" + data), NotAFeed | ParsedFeed)
