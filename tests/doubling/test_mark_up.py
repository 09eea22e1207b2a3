"""What we read of pages and feeds ourselves takes time in line with their length.

trafilatura is quadratic on pages of many elements and is not given them; what is left, as libxml2's on the
attributes of one tag, the worker's budget kills (tests/ingest/workers/test_suspects.py).
"""

import pytest

from ingest.extract.body import extract_body
from ingest.extract.fragment import fragment_text
from ingest.extract.metadata import read_metadata
from ingest.extract.page import Page, parse_page
from ingest.feeds.dates import parse_feed_date
from ingest.feeds.model import ParsedFeed
from ingest.feeds.parse import parse_feed
from tests.support.growth import is_linear
from tests.support.hostile_mark_up import FEEDS, PAGES
from tests.support.hostile_texts import Make

CHARS = 16_384


def page_of(make: Make, size: int) -> Page:
    page = parse_page(make(size))
    assert page is not None
    return page


@pytest.mark.parametrize("kind", PAGES)
def test_given_a_hostile_page_when_doubled_and_doubled_then_reading_its_metadata_is_linear(kind: str) -> None:
    assert is_linear(
        lambda page: read_metadata(page.tree, "http://a.b/c"), lambda size: page_of(PAGES[kind], size), CHARS
    )


@pytest.mark.parametrize("kind", PAGES)
def test_given_a_hostile_fragment_when_doubled_and_doubled_then_reading_it_is_linear(kind: str) -> None:
    assert is_linear(fragment_text, PAGES[kind], CHARS)


@pytest.mark.parametrize("kind", FEEDS)
def test_given_a_hostile_feed_when_doubled_and_doubled_then_reading_it_is_linear(kind: str) -> None:
    assert is_linear(read_feed, lambda size: FEEDS[kind](size).encode(), CHARS)


def read_feed(data: bytes) -> None:
    feed = parse_feed(data, url="http://a.b/c")
    for entry in feed.entries if isinstance(feed, ParsedFeed) else ():
        parse_feed_date(entry.published_raw)
        assert entry.body is None or entry.body


def test_given_a_page_of_more_elements_than_news_has_when_extracted_then_the_quick_reader_reads_it() -> None:
    crowded = page_of(PAGES["lists"], 300_000)

    body = extract_body(crowded, title="Iran and Turkey sign", declared=None)

    assert body.method == "resiliparse"
    assert "page_crowded" in body.warnings
    assert "Iran and Turkey sign" in body.text
