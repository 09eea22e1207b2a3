import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from pydantic import ValidationError

from ingest.feeds.parse import Result
from ingest.fetch import Fetcher, FetchOptions
from ingest.item import RawItem
from ingest.sources import Polled, PollFailed, PollOutcome, Source, SourceGone, Unchanged
from ingest.sources.feed import FeedSource, FeedSourceConfig
from stream.net import NetPolicy
from tests.support.loopback import serving

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ITEM = "<item><title>News {n}</title><link>https://news.example/{n}</link><guid>g{n}</guid></item>"


class HereAndNow:
    """Runs the parser in this process: these tests are about the source."""

    async def run(self, function: Callable[..., Result], *args: object, timeout_s: float) -> Result:
        assert timeout_s > 0
        return function(*args)


class TooSlow:
    async def run(self, function: Callable[..., Result], *args: object, timeout_s: float) -> Result:
        raise TimeoutError(f"{function.__name__} of {len(args)} took {timeout_s}")


class Elsewhere:
    """A spawned process, as in production."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    async def run(self, function: Callable[..., Result], *args: object, timeout_s: float) -> Result:
        future = asyncio.get_running_loop().run_in_executor(self._pool, function, *args)
        return await asyncio.wait_for(future, timeout_s)


@dataclass
class Publisher:
    """A server whose feed a test can change."""

    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    asked: list[dict[str, str]] = field(default_factory=list)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(dict(request.headers))
        etag = self.headers.get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(status=self.status, text=self.body, headers=self.headers)

    def publish(self, *items: str, head: str = "<title>Harbour News</title>") -> None:
        self.body = f"<rss version='2.0'><channel>{head}{''.join(items)}</channel></rss>"


def _poll(
    server: Publisher,
    /,
    *,
    cursors: list[dict[str, str]] | None = None,
    runner: HereAndNow | TooSlow | Elsewhere | None = None,
    **config: object,
) -> PollOutcome:
    async def run() -> PollOutcome:
        async with (
            serving(server) as base,
            Fetcher(NetPolicy(allow=("127.0.0.1",)), FetchOptions(), version="1") as fetcher,
        ):
            settings = FeedSourceConfig.model_validate({"id": "harbour", "url": base + "/feed", **config})
            source: Source = FeedSource(settings, fetcher, runner or HereAndNow())
            cursor = {**cursors[-1], "url": base + "/feed"} if cursors and cursors[-1] else {}
            outcome = await source.poll(cursor, NOW)
            if cursors is not None and isinstance(outcome, Polled | Unchanged):
                cursors.append(outcome.cursor)
            return outcome

    return asyncio.run(run())


def _items(outcome: PollOutcome) -> tuple[RawItem, ...]:
    assert isinstance(outcome, Polled), outcome
    return outcome.items


def test_given_a_feed_when_it_is_polled_then_items_carry_what_feed_and_configuration_say() -> None:
    publisher = Publisher()
    publisher.publish(
        """<item><title>Ferries &amp; rail</title><link>/ferries</link><guid isPermaLink='false'>hh-1</guid>
        <pubDate>Tue, 24 Nov 2026 09:30:00 GMT</pubDate><author>Ada</author><category>Sea</category>
        <description>Short words here.</description></item>""",
        head="<title>Harbour News</title><language>en-GB</language>",
    )

    (item,) = _items(
        _poll(publisher, publisher="Harbour & Hill", publisher_country="GB", section="world", tags=["uk"])
    )

    assert item.url is not None
    assert item.url.endswith("/ferries")
    assert item.url.startswith("http://127.0.0.1:")
    assert (item.source, item.guid, item.title) == ("harbour", "hh-1", "Ferries & rail")
    assert (item.summary, item.html) == ("Short words here.", None)
    assert (item.published, item.found_at) == ("Tue, 24 Nov 2026 09:30:00 GMT", NOW)
    assert (item.publisher, item.publisher_country, item.language) == ("Harbour & Hill", "GB", "en-GB")
    assert (item.authors, item.section, item.tags) == (("Ada",), "world", ("uk", "Sea"))
    assert (item.identity, item.backlog) == ("url", False)
    assert item.locator.endswith("/feed#1")


def test_given_no_publisher_configured_when_polled_then_the_title_of_the_feed_serves() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1))

    (item,) = _items(_poll(publisher))

    assert item.publisher == "Harbour News"


def test_given_an_etag_when_polled_again_then_it_is_sent_and_nothing_is_new() -> None:
    publisher = Publisher(headers={"ETag": '"v1"', "Last-Modified": "Tue, 24 Nov 2026 09:00:00 GMT"})
    publisher.publish(ITEM.format(n=1))
    cursors: list[dict[str, str]] = [{}]

    first = _poll(publisher, cursors=cursors)
    second = _poll(publisher, cursors=cursors)

    assert len(_items(first)) == 1
    assert isinstance(second, Unchanged)
    assert publisher.asked[1]["If-None-Match"] == '"v1"'
    assert publisher.asked[1]["If-Modified-Since"] == "Tue, 24 Nov 2026 09:00:00 GMT"
    assert second.cursor["last_modified"] == "Tue, 24 Nov 2026 09:00:00 GMT"


def test_given_a_server_without_etags_when_the_body_is_the_same_then_the_hash_tells() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1))
    cursors: list[dict[str, str]] = [{}]

    _poll(publisher, cursors=cursors)
    same = _poll(publisher, cursors=cursors)
    publisher.publish(ITEM.format(n=2), ITEM.format(n=1))
    changed = _poll(publisher, cursors=cursors)

    assert isinstance(same, Unchanged)
    assert [item.title for item in _items(changed)] == ["News 2", "News 1"]


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

    assert len(_items(asyncio.run(run()))) == 1


def test_given_old_entries_when_a_feed_is_polled_first_then_they_are_backlog_and_later_not() -> None:
    publisher = Publisher()
    dated = "<item><title>{t}</title><link>https://news.example/{t}</link><pubDate>{d}</pubDate></item>"
    old = (NOW - timedelta(days=31)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    new = (NOW - timedelta(days=29)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    entries = [
        dated.format(t="old", d=old),
        dated.format(t="new", d=new),
        dated.format(t="odd", d="?"),
        ITEM.format(n=1),
    ]
    cursors: list[dict[str, str]] = [{}]

    publisher.publish(*entries)
    first = _items(_poll(publisher, cursors=cursors))
    publisher.publish(*entries, ITEM.format(n=2))
    second = _items(_poll(publisher, cursors=cursors))

    assert [item.backlog for item in first] == [True, False, False, False]
    assert not any(item.backlog for item in second)


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

    outcome = _poll(publisher)

    assert isinstance(outcome, Polled)
    assert outcome.next_after_s == hint_s


@pytest.mark.parametrize(
    "body", ["", "<!doctype html><title>Moved</title>", "Down for repairs", '{"error": 1}']
)
def test_given_what_is_no_feed_when_polled_then_it_fails_as_such(body: str) -> None:
    outcome = _poll(Publisher(body=body))

    assert isinstance(outcome, PollFailed)
    assert outcome.reason == "not_a_feed"


def test_given_a_quiet_feed_when_polled_then_it_is_fine_and_empty() -> None:
    publisher = Publisher()
    publisher.publish()

    assert _items(_poll(publisher)) == ()


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
    outcome = _poll(Publisher(status=429, headers={"Retry-After": "120"}))

    assert outcome == PollFailed("throttled", "HTTP 429", 120.0)


def test_given_410_when_polled_then_the_source_is_gone() -> None:
    assert isinstance(_poll(Publisher(status=410)), SourceGone)


def test_given_a_parse_that_takes_too_long_when_polled_then_it_fails_and_says_so() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1))

    outcome = _poll(publisher, runner=TooSlow())

    assert isinstance(outcome, PollFailed)
    assert outcome.reason == "parse_timeout"


def test_given_a_spawned_process_when_polled_then_the_parse_runs_there() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1))

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        outcome = _poll(publisher, runner=Elsewhere(pool))

    assert len(_items(outcome)) == 1


def test_given_more_entries_than_allowed_when_polled_then_the_first_are_taken() -> None:
    publisher = Publisher()
    publisher.publish(*(ITEM.format(n=n) for n in range(600)))

    assert len(_items(_poll(publisher))) == 500
    assert len(_items(_poll(publisher, max_entries=3))) == 3


def test_given_an_entry_that_says_nothing_when_polled_then_it_is_rejected_by_name() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1), "<item><link>https://news.example/void</link></item>")

    outcome = _poll(publisher)

    assert isinstance(outcome, Polled)
    assert [(rejected.reason, rejected.source) for rejected in outcome.rejected] == [("empty", "harbour")]
    assert "https://news.example/void" in outcome.rejected[0].detail


def test_given_guids_that_repeat_when_polled_then_they_are_told_apart_or_given_up() -> None:
    few, many = Publisher(), Publisher()
    twin = "<item><title>T {n}</title><link>https://news.example/t{n}</link><guid>same</guid></item>"
    few.publish(*(ITEM.format(n=n) for n in range(38)), twin.format(n=1), twin.format(n=2))
    many.publish(*(twin.format(n=n) for n in range(10)), ITEM.format(n=1))

    told_apart = [item.guid for item in _items(_poll(few))]
    given_up = [item.guid for item in _items(_poll(many))]

    assert told_apart[-2:] == ["same https://news.example/t1", "same https://news.example/t2"]
    assert told_apart[0] == "g0"
    assert set(given_up) == {None}


def test_given_one_entry_twice_when_polled_then_its_guid_stays() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1), ITEM.format(n=1))

    assert [item.guid for item in _items(_poll(publisher))] == ["g1", "g1"]


def test_given_links_that_are_no_web_addresses_when_polled_then_the_item_has_none() -> None:
    publisher = Publisher()
    publisher.publish("<item><title>T</title><link>javascript:alert(1)</link></item>")

    (item,) = _items(_poll(publisher))

    assert item.url is None


def test_given_headers_and_a_user_agent_when_polled_then_they_are_sent() -> None:
    publisher = Publisher()
    publisher.publish(ITEM.format(n=1))

    _poll(publisher, headers={"Authorization": "Bearer s3cret"}, user_agent="Special/1")

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
