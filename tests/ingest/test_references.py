import html

import pytest
from lxml import etree

from ingest.extract.characters import composed
from ingest.feeds.elements import authors
from ingest.feeds.model import ParsedFeed
from ingest.feeds.parse import parse_feed
from ingest.references import unescape


@pytest.mark.parametrize(
    "text", ["a &#65;", "&#0000000000065;b", "&#99999999;", "&#1114112 x", "&amp;#65;", "&#x41;"]
)
def test_given_a_reference_when_read_then_it_is_what_html_has(text: str) -> None:
    assert unescape(text) == html.unescape(text)


def test_given_a_number_of_thousands_of_digits_when_read_then_it_is_no_character() -> None:
    assert unescape(f"a&#{'9' * 5000};b") == "a\ufffdb"
    assert unescape(f"a&#{'0' * 5000}65;b") == "aAb"


def test_given_a_damaged_feed_with_such_a_number_when_parsed_then_its_entries_are_read() -> None:
    feed = parse_feed(f"<rss><channel><item><title>a&#{'9' * 5000};b</title></item></channel>".encode())

    assert isinstance(feed, ParsedFeed)
    assert [entry.title for entry in feed.entries] == ["ab"]


def test_given_more_marks_on_a_letter_than_any_script_sets_when_composed_then_the_first_thirty_stay() -> None:
    assert composed("e" + "\u0301" * 30 + "!") == "\u00e9" + "\u0301" * 29 + "!"
    assert composed("e" + "\u0327\u0301" * 100_000) == composed("e" + "\u0327\u0301" * 15)
    assert composed("\u201c" * 40 + "\u0e48" * 20) == "\u201c" * 40 + "\u0e48" * 20


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("desk@a.b (Ann Lee)", "Ann Lee"),
        ("Ann Lee <desk@a.b>", "Ann Lee"),
        ("Ann Lee", "Ann Lee"),
        ("(Ann Lee)", "(Ann Lee)"),
    ],
)
def test_given_an_author_with_an_address_when_read_then_only_the_name_is_left(
    written: str, name: str
) -> None:
    element = etree.Element("author")
    element.text = written

    assert authors({"author": [element]}) == (name,)
