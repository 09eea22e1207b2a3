import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest
from pydantic import ValidationError

from ingest.sources import Polled, PollFailed
from ingest.sources.feed import FeedSourceConfig
from tests.ingest.sources.polling_feeds import ITEM, Elsewhere, Publisher, TooSlow, items_of, poll_once


def test_given_a_parse_that_takes_too_long_when_polled_then_it_fails_and_says_so() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1))

    outcome = poll_once(publisher, runner=TooSlow())

    assert isinstance(outcome, PollFailed)
    assert outcome.reason == "parse_timeout"


def test_given_a_spawned_process_when_polled_then_the_parse_runs_there() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1))

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        outcome = poll_once(publisher, runner=Elsewhere(pool))

    assert len(items_of(outcome)) == 1


def test_given_more_entries_than_allowed_when_polled_then_the_first_are_taken() -> None:
    publisher = Publisher()
    publisher.publish(*(ITEM.format(n=n) for n in range(600)))

    assert len(items_of(poll_once(publisher))) == 500
    assert len(items_of(poll_once(publisher, max_entries=3))) == 3


def test_given_an_entry_that_says_nothing_when_polled_then_it_is_rejected_by_name() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1), "<item><link>https://news.example/void</link></item>")

    outcome = poll_once(publisher)

    assert isinstance(outcome, Polled)
    assert [(rejected.reason, rejected.source) for rejected in outcome.rejected] == [("empty", "harbour")]
    assert "https://news.example/void" in outcome.rejected[0].detail


def test_given_guids_that_repeat_when_polled_then_they_are_told_apart_or_given_up() -> None:
    few, many = Publisher(), Publisher()
    twin = "<item><title>T {n}</title><link>https://news.example/t{n}</link><guid>same</guid></item>"
    few.publish(*(ITEM.format(n=n) for n in range(38)), twin.format(n=1), twin.format(n=2))
    many.publish(*(twin.format(n=n) for n in range(10)), ITEM.format(n=1))

    told_apart = [item.guid for item in items_of(poll_once(few))]
    given_up = [item.guid for item in items_of(poll_once(many))]

    assert told_apart[-2:] == ["same https://news.example/t1", "same https://news.example/t2"]
    assert told_apart[0] == "g0"
    assert set(given_up) == {None}


def test_given_one_entry_twice_when_polled_then_its_guid_stays() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1), ITEM.format(n=1))

    assert [item.guid for item in items_of(poll_once(publisher))] == ["g1", "g1"]


def test_given_links_that_are_no_web_addresses_when_polled_then_the_item_has_none() -> None:
    publisher = Publisher()
    publisher.publish("<item><title>T</title><link>javascript:alert(1)</link></item>")

    (item,) = items_of(poll_once(publisher))

    assert item.url is None


def test_given_headers_and_a_user_agent_when_polled_then_they_are_sent() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1))

    poll_once(publisher, headers={"Authorization": "Bearer s3cret"}, user_agent="Special/1")

    assert publisher.asked[0]["Authorization"] == "Bearer s3cret"
    assert publisher.asked[0]["User-Agent"] == "Special/1"


@pytest.mark.parametrize(
    "change",
    [
        {"url": "ftp://news.example/feed"},
        {"url": "https://user:hunter2@news.example/feed"},
        {"url": "news.example/feed"},
        {"id": "Not A Slug"},
        {"publisher_country": "gbr"},
        {"headers": {"X-Key": "hunter2\r\nEvil: 1"}},
        {"headers": {"X Key": "hunter2"}},
        {"max_entries": 0},
        {"unknown": 1},
    ],
)
def test_given_a_bad_configuration_when_it_is_read_then_it_is_refused_without_its_secret(
    change: dict[str, object],
) -> None:
    with pytest.raises(ValidationError) as caught:
        FeedSourceConfig.model_validate({"id": "a", "url": "https://news.example/feed", **change})

    assert "hunter2" not in str(caught.value)


def test_given_a_configuration_with_secrets_when_it_is_shown_then_they_are_hidden() -> None:
    config = FeedSourceConfig.model_validate(
        {"id": "a", "url": "https://news.example/feed", "headers": {"Authorization": "Bearer hunter2"}}
    )

    assert "hunter2" not in repr(config)
    assert "hunter2" not in config.model_dump_json()
