import asyncio

import pytest
from aiohttp import web

from ingest.fetch import Fetcher, FetchOptions
from ingest.sources import Polled, PollFailed, PollOutcome, SourceGone, Unchanged
from ingest.sources.feed import FeedSource, FeedSourceConfig
from stream.net import NetPolicy
from tests.ingest.sources.polling_feeds import ITEM, NOW, HereAndNow, Publisher, items_of, poll_once
from tests.support.loopback import serving


def test_given_a_feed_when_it_is_polled_then_items_carry_what_feed_and_configuration_say() -> None:
    publisher = Publisher()
    publisher.publish(
        """<item><title>Ferries &amp; rail</title><link>/ferries</link><guid isPermaLink='false'>hh-1</guid>
        <pubDate>Tue, 24 Nov 2026 09:30:00 GMT</pubDate><author>Ada</author><category>Sea</category>
        <description>Short words here.</description></item>""",
        head="<title>Harbour News</title><language>en-GB</language>",
    )

    (item,) = items_of(
        poll_once(publisher, publisher="Harbour & Hill", publisher_country="GB", section="world", tags=["uk"])
    )

    assert item.url is not None
    assert item.url.endswith("/ferries")
    assert item.url.startswith("http://127.0.0.1:")
    assert (item.source, item.guid, item.title) == ("harbour", "hh-1", "Ferries & rail")
    assert (item.summary, item.html) == ("Short words here.", None)
    assert (item.published, item.found_at) == ("Tue, 24 Nov 2026 09:30:00 GMT", NOW)
    assert (item.publisher, item.publisher_country, item.language) == ("Harbour & Hill", "GB", "en-GB")
    assert (item.authors, item.section, item.tags) == (("Ada",), "world", ("uk", "Sea"))
    assert item.identity == "url"
    assert item.locator.endswith("/feed#1")


def test_given_no_publisher_configured_when_polled_then_the_title_of_the_feed_serves() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1))

    (item,) = items_of(poll_once(publisher))

    assert item.publisher == "Harbour News"


def test_given_an_etag_when_polled_again_then_it_is_sent_and_nothing_is_new() -> None:
    publisher = Publisher(headers={"ETag": '"v1"', "Last-Modified": "Tue, 24 Nov 2026 09:00:00 GMT"})
    publisher.publish(ITEM.format(n=1))
    cursors: list[dict[str, str]] = [{}]

    first = poll_once(publisher, cursors=cursors)
    second = poll_once(publisher, cursors=cursors)

    assert len(items_of(first)) == 1
    assert isinstance(second, Unchanged)
    assert publisher.asked[1]["If-None-Match"] == '"v1"'
    assert publisher.asked[1]["If-Modified-Since"] == "Tue, 24 Nov 2026 09:00:00 GMT"
    assert second.cursor["last_modified"] == "Tue, 24 Nov 2026 09:00:00 GMT"


def test_given_a_server_without_etags_when_the_body_is_the_same_then_the_hash_tells() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1))
    cursors: list[dict[str, str]] = [{}]

    poll_once(publisher, cursors=cursors)
    same = poll_once(publisher, cursors=cursors)
    publisher.publish(ITEM.format(n=2), ITEM.format(n=1))
    changed = poll_once(publisher, cursors=cursors)

    assert isinstance(same, Unchanged)
    assert [item.title for item in items_of(changed)] == ["News 2", "News 1"]


def test_given_a_cursor_of_another_url_when_polled_then_it_is_as_if_there_were_none() -> None:
    publisher = Publisher(headers={"ETag": '"v1"'})
    publisher.publish(ITEM.format(n=1))

    async def run() -> PollOutcome:
        async with (
            serving(publisher) as base,
            Fetcher(NetPolicy(allow=("127.0.0.1",)), FetchOptions(), version="1") as fetcher,
        ):
            source = FeedSource(FeedSourceConfig(id="h", url=base), fetcher, HereAndNow())
            return await source.poll({"url": "https://old.example/", "etag": '"v1"', "body_hash": "x"}, NOW)

    assert len(items_of(asyncio.run(run()))) == 1


@pytest.mark.parametrize(
    ("headers", "head", "hint_s"),
    [
        ({}, "", None),
        ({"Cache-Control": "max-age=600"}, "", 600.0),
        ({"Cache-Control": "max-age=600"}, "<ttl>60</ttl>", 3600.0),
        ({"Cache-Control": "max-age=31536000"}, "", 86_400.0),
        ({"Cache-Control": "max-age=0"}, "<ttl>0</ttl>", None),
    ],
)
def test_given_hints_when_polled_then_the_longest_counts_up_to_a_day(
    headers: dict[str, str], head: str, hint_s: float | None
) -> None:
    publisher = Publisher(headers=headers)
    publisher.publish(ITEM.format(n=1), head=head)

    outcome = poll_once(publisher)

    assert isinstance(outcome, Polled)
    assert outcome.next_after_s == hint_s


@pytest.mark.parametrize(
    "body", ["", "<!doctype html><title>Moved</title>", "Down for repairs", '{"error": 1}']
)
def test_given_what_is_no_feed_when_polled_then_it_fails_as_such(body: str) -> None:
    outcome = poll_once(Publisher(body=body))

    assert isinstance(outcome, PollFailed)
    assert outcome.reason == "not_a_feed"


def test_given_a_quiet_feed_when_polled_then_it_is_fine_and_empty() -> None:
    publisher = Publisher()
    publisher.publish()

    assert items_of(poll_once(publisher)) == ()


def test_given_a_feed_that_moved_for_good_when_polled_then_the_log_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    feed = Publisher()
    feed.publish(ITEM.format(n=1))

    async def moved(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/feed":
            return web.Response(status=301, headers={"Location": "/new"})
        return await feed(request)

    async def poll_twice() -> list[PollOutcome]:
        async with (
            serving(moved) as base,
            Fetcher(NetPolicy(allow=("127.0.0.1",)), FetchOptions(), version="1") as fetcher,
        ):
            source = FeedSource(FeedSourceConfig(id="h", url=base + "/feed"), fetcher, HereAndNow())
            first = await source.poll({}, NOW)
            assert isinstance(first, Polled)
            return [first, await source.poll(first.cursor, NOW)]

    with caplog.at_level("INFO", logger="ingest.sources.feed"):
        first, second = asyncio.run(poll_twice())

    assert isinstance(first, Polled)
    assert isinstance(second, Unchanged)
    assert first.cursor["moved_to"].endswith("/new")
    assert [record.message for record in caplog.records] == ["moved permanently"]


def test_given_throttling_when_polled_then_the_wait_is_passed_on() -> None:
    outcome = poll_once(Publisher(status=429, headers={"Retry-After": "120"}))

    assert outcome == PollFailed("throttled", "HTTP 429", 120.0)


def test_given_410_when_polled_then_the_source_is_gone() -> None:
    assert isinstance(poll_once(Publisher(status=410)), SourceGone)
