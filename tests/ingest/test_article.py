import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.article import EventItem, event_item, parse_article
from ingest.item import RawItem, Rejected
from stream.event import ArticleEvent, encode
from tests.ingest.world import START


def parse(data: bytes) -> RawItem | ArticleEvent | Rejected:
    return parse_article(data, source="inbox", found_at=START, locator="a.jsonl:3")


def test_given_every_key_when_parsed_then_each_is_in_its_place_and_others_are_ignored() -> None:
    article = {
        "id": 17,
        "url": "https://example.org/a",
        "title": "T",
        "text": "Body.",
        "html": "<p>Body.</p>",
        "published": "2026-11-24",
        "lang": "tr",
        "publisher": "P",
        "source": "desk",
        "score": [1, {"x": None}],
    }

    parsed = parse(json.dumps(article).encode())

    assert parsed == RawItem(
        source="desk",
        found_at=START,
        id="17",
        url="https://example.org/a",
        title="T",
        text="Body.",
        published="2026-11-24",
        language="tr",
        publisher="P",
        locator="a.jsonl:3",
    )


def test_given_blank_text_and_html_when_parsed_then_the_html_is_the_body() -> None:
    parsed = parse(b'{"title": "T", "text": " ", "html": "<p>x</p>", "language": "en", "lang": "de"}')

    assert isinstance(parsed, RawItem)
    assert (parsed.text, parsed.html, parsed.language, parsed.source) == (None, "<p>x</p>", "en", "inbox")


def test_given_a_finished_event_when_parsed_then_it_is_taken_as_it_is() -> None:
    event = ArticleEvent(event_id="A" * 26, source="s", title="T", first_seen_at=START, content_hash="h")

    assert parse(encode(event)) == event


def test_given_an_event_of_a_newer_major_version_when_parsed_then_it_is_refused_and_not_guessed_at() -> None:
    rejected = parse(b'{"schema_version": 99, "event_id": "x"}')

    assert isinstance(rejected, Rejected)
    assert rejected.reason == "invalid"
    assert "unsupported_version" in rejected.detail


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"title": NaN}',
        b'{"title": 1}',
        b'{"text": "\\ud800"}',
        b'{"text": "\xff"}',
        b'{"other": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"event_id": "only"}',
        b'{"schema_version": 1}',
    ],
)
def test_given_what_is_no_article_when_parsed_then_it_is_rejected_with_its_place(data: bytes) -> None:
    rejected = parse(data)

    assert isinstance(rejected, Rejected)
    assert (rejected.reason, rejected.source, rejected.locator) == ("invalid", "inbox", "a.jsonl:3")
    assert rejected.detail


def test_given_an_article_of_absurd_size_when_parsed_then_it_is_too_large() -> None:
    rejected = parse(b'{"text": "' + b"x" * 10_000_000 + b'"}')

    assert isinstance(rejected, Rejected)
    assert rejected.reason == "too_large"


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(max_examples=100, deadline=None)
def test_given_any_bytes_when_parsed_then_the_answer_is_a_value(data: bytes) -> None:
    assert isinstance(parse(data), RawItem | ArticleEvent | Rejected)


def test_given_an_event_when_carried_as_an_item_then_it_also_reads_as_the_article_it_is() -> None:
    event = ArticleEvent(
        event_id="A" * 26,
        source="s",
        title="T",
        text="B",
        first_seen_at=START,
        content_hash="h",
        published_at=START,
    )

    carried = event_item(event, found_at=START, locator="x")

    assert isinstance(carried, EventItem)
    assert (carried.event, carried.title, carried.text, carried.published) == (
        event,
        "T",
        "B",
        "2026-11-24T09:30:00.000Z",
    )
