import json

import pytest

from ingest.article import EventItem
from ingest.item import RawItem, Rejected
from ingest.sources.push import PushConfig, parse_body
from stream.event import ArticleEvent, encode
from tests.ingest.world import START

CONFIG = PushConfig()


def test_given_one_article_when_pushed_then_it_is_one_item_of_the_push_source() -> None:
    parsed = parse_body(b'{"title": "T", "text": "B"}', CONFIG, START)

    assert parsed == (RawItem(source="push", found_at=START, title="T", text="B", locator="[0]"),)


def test_given_a_list_with_a_bad_article_when_pushed_then_only_that_one_is_rejected_by_its_index() -> None:
    event = ArticleEvent(event_id="A" * 26, source="s", title="T", first_seen_at=START, content_hash="h")
    body = b' [{"title": "T"}, {"title": 5}, ' + encode(event) + b"]"

    parsed = parse_body(body, CONFIG, START)

    assert isinstance(parsed, tuple)
    good, bad, finished = parsed
    assert isinstance(good, RawItem)
    assert isinstance(bad, Rejected)
    assert (bad.reason, bad.locator) == ("invalid", "[1]")
    assert isinstance(finished, EventItem)
    assert finished.event == event


@pytest.mark.parametrize("body", [b"[", b"[{]", b"[" * 50_000 + b"]" * 50_000, b"[1,]"])
def test_given_a_list_that_is_not_json_when_pushed_then_the_body_is_rejected(body: bytes) -> None:
    rejected = parse_body(body, CONFIG, START)

    assert isinstance(rejected, Rejected)
    assert rejected.reason == "invalid"


@pytest.mark.parametrize("article", [b'{"a": NaN}', b'{"title": "\xff"}', b'{"title": "\\ud800"}', b"[]"])
def test_given_a_list_of_something_unreadable_when_pushed_then_no_article_comes_of_it(article: bytes) -> None:
    parsed = parse_body(b"[" + article + b"]", CONFIG, START)

    found = (parsed,) if isinstance(parsed, Rejected) else parsed
    assert [each.reason for each in found if isinstance(each, Rejected)] == ["invalid"]


@pytest.mark.parametrize("body", [b"", b"nonsense", b"null", b"3"])
def test_given_no_article_at_all_when_pushed_then_there_is_one_rejected(body: bytes) -> None:
    parsed = parse_body(body, CONFIG, START)

    assert isinstance(parsed, tuple)
    assert [each.reason for each in parsed if isinstance(each, Rejected)] == ["invalid"]


def test_given_too_much_at_once_when_pushed_then_the_body_is_rejected_as_too_large() -> None:
    many = parse_body(json.dumps([{"title": "T"}] * 501).encode(), CONFIG, START)
    long = parse_body(b'{"text": "' + b"x" * 1_000_000 + b'"}', CONFIG, START)

    assert isinstance(many, Rejected)
    assert isinstance(long, Rejected)
    assert many.reason == long.reason == "too_large"


def test_given_an_empty_list_when_pushed_then_there_is_nothing_to_take() -> None:
    assert parse_body(b"[]", CONFIG, START) == ()


def test_given_a_key_twice_in_one_of_two_articles_when_pushed_then_that_one_is_rejected_with_its_place() -> (
    None
):
    body = b'[{"title": "A treaty"},\n  {"title": "Iran", "text": "x", "title": "Turkey"}]'

    parsed = parse_body(body, CONFIG, START)

    assert isinstance(parsed, tuple)
    whole, twice = parsed
    assert isinstance(whole, RawItem)
    assert isinstance(twice, Rejected)
    detail = 'line 2, column 34: the key "title" stands here a second time, first on line 2'
    assert (twice.reason, twice.detail, twice.locator) == ("invalid", detail, "[1]")
