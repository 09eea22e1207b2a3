import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.article import event_item
from ingest.item import RawItem, Rejected
from ingest.outcome import Accepted, Duplicate, IntakeResult, Outcome, TryLater
from ingest.progress import Progress, Tally
from stream.errors import LogFullError
from stream.event import ArticleEvent
from stream.log import Appended
from tests.ingest.world import START, PlainNormaliser, World, item, world

A, B = "https://example.org/a", "https://example.org/b"


def accept(here: World, *items: RawItem | Rejected, source: str = "wire") -> tuple[Outcome, ...]:
    result = asyncio.run(here.intake.accept(items, source_id=source))
    assert isinstance(result, IntakeResult)
    return result.outcomes


def test_given_new_items_when_accepted_then_each_is_on_the_log_once_in_order(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        outcomes = accept(here, item("One", url=A), item("Two", url=B))

        assert [event.title for event in here.events()] == ["One", "Two"]
        assert outcomes == tuple(Accepted(event.event_id, 1, is_new=True) for event in here.events())


def test_given_an_unchanged_item_when_accepted_again_then_it_costs_no_work_and_is_a_duplicate(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        (first,) = accept(here, item("One", url=A))
        later = item("One", url=A, found_at=START + timedelta(hours=1))

        (second,) = accept(here, later)

        assert isinstance(first, Accepted)
        assert second == Duplicate(first.event_id)
        assert here.plain.worked_on == ["One"]
        assert len(here.events()) == 1


def test_given_a_changed_item_when_accepted_then_it_is_a_revision_first_seen_as_before(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        accept(here, item("One", "Ministers met.", url=A))

        (outcome,) = accept(
            here, item("One", "Ministers did not meet.", url=A, found_at=START + timedelta(days=1))
        )

        first, second = here.events()
        assert outcome == Accepted(first.event_id, 2, is_new=False)
        assert (second.event_id, second.revision, second.first_seen_at) == (first.event_id, 2, START)


def test_given_an_edit_that_is_taken_back_when_accepted_then_that_is_a_revision_too(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        for text in ("Yes.", "No.", "Yes."):
            accept(here, item("One", text, url=A))

        assert [(event.revision, event.text) for event in here.events()] == [
            (1, "Yes."),
            (2, "No."),
            (3, "Yes."),
        ]


def test_given_a_known_guid_under_a_new_url_when_accepted_then_it_is_the_same_article(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        accept(here, item("Talks open", url=A, guid="tag:1"))

        (moved,) = accept(here, item("Talks fail", url=B, guid="tag:1"))
        (elsewhere,) = accept(here, item("Talks fail", url=B, source="other"), source="other")

        first, second = here.events()
        assert moved == Accepted(first.event_id, 2, is_new=False)
        assert second.event_id == first.event_id
        assert elsewhere == Duplicate(first.event_id)


def test_given_a_known_url_under_a_new_guid_when_accepted_then_it_is_the_same_article(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        (first,) = accept(here, item("Talks open", url=A, guid="tag:1"))

        (second,) = accept(here, item("Talks open", url=A, guid="tag:2"))

        assert isinstance(first, Accepted)
        assert second == Duplicate(first.event_id)


def test_given_a_feed_whose_guids_are_all_one_when_accepted_then_its_articles_stay_apart(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        outcomes = accept(here, item("One", url=A, guid="home"), item("Two", url=B, guid="home"))

        assert [isinstance(outcome, Accepted) and outcome.is_new for outcome in outcomes] == [True, True]


def test_given_a_guid_that_moves_with_every_poll_when_accepted_then_it_stops_being_believed(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        for number in range(10):
            accept(here, item(f"Story {number}", url=f"https://example.org/{number}", guid="latest"))

        assert len({event.event_id for event in here.events()}) >= 6


def test_given_a_source_known_by_guid_when_items_share_a_url_then_they_are_different_articles(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        entries = [item(f"Post {n}", url=A, guid=f"post-{n}", identity="guid") for n in range(3)]

        outcomes = accept(here, *entries)

        assert len({outcome.event_id for outcome in outcomes if isinstance(outcome, Accepted)}) == 3


def test_given_one_article_in_two_sources_when_accepted_then_it_is_one_event_with_two_sightings(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        (first,) = accept(here, item("One", url=A))
        here.clock.step(minutes=5)

        accept(here, item("One", url=A, source="other"), source="other")

        assert isinstance(first, Accepted)
        assert len(here.events()) == 1
        assert here.store.sightings(first.event_id) == {"wire": START, "other": START + timedelta(minutes=5)}


def test_given_a_page_that_changes_with_every_poll_when_accepted_then_it_is_stopped_and_listed(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        outcomes: list[Outcome] = []
        for number in range(30):
            here.clock.step(minutes=5)
            outcomes += accept(here, item("Ticker", f"Now {number}.", url=A))

        assert len(here.events()) == 25
        assert [o.reason for o in outcomes if isinstance(o, Rejected)] == ["not_an_article"] * 5
        assert here.store.ledgers()["wire"].rejected == {"not_an_article": 5}
        assert here.store.rejected(1)[0].detail == "changed more than 24 times in 7 days"


def test_given_a_useless_item_when_it_comes_again_then_it_is_rejected_again_but_listed_once(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        useless = item("", "", url=A, locator="entry 7")
        accept(here, useless)

        (again,) = accept(here, useless)

        assert isinstance(again, Rejected)
        assert again.reason == "empty"
        assert here.plain.worked_on == [""]
        assert [(row.reason, row.locator) for row in here.store.rejected()] == [("empty", "entry 7")]
        assert here.store.ledgers()["wire"].rejected == {"empty": 2}


def test_given_an_extraction_that_failed_when_the_item_comes_again_then_it_is_tried_again(
    tmp_path: Path,
) -> None:
    class Unlucky(PlainNormaliser):
        async def normalise(self, items: Sequence[RawItem]) -> list[ArticleEvent | Rejected]:
            results = await super().normalise(items)
            is_first = len(self.worked_on) == 1
            return [Rejected("extraction_failed", "time is up", "wire")] if is_first else results

    with world(tmp_path, Unlucky()) as here:
        (first,) = accept(here, item("One", url=A))

        (second,) = accept(here, item("One", url=A))

        assert isinstance(first, Rejected)
        assert isinstance(second, Accepted)


def test_given_what_the_source_could_not_use_when_handed_over_then_it_is_counted_and_listed(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        broken = Rejected("invalid", "news.jsonl:3: not JSON \ud800\0", "wire", "news.jsonl:3")

        outcomes = accept(here, item("One", url=A), broken)

        assert outcomes[1] == broken
        assert here.store.rejected()[0].detail == "news.jsonl:3: not JSON \\ud800\\0"


def test_given_a_finished_event_when_handed_over_then_it_is_appended_as_it_is(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        event = ArticleEvent(
            event_id="A" * 26,
            source="elsewhere",
            title="T",
            first_seen_at=START,
            content_hash="h",
            revision=3,
        )

        (outcome,) = accept(here, event_item(event, found_at=START, locator="x:1"))

        assert outcome == Accepted("A" * 26, 3, is_new=True)
        assert here.events() == [event]
        assert here.plain.worked_on == []


@pytest.mark.parametrize(("title", "reason"), [("long " * 300_000, "too_large"), ("lone \ud800", "invalid")])
def test_given_an_event_the_log_cannot_hold_when_accepted_then_the_others_are_not_harmed(
    tmp_path: Path, title: str, reason: str
) -> None:
    with world(tmp_path) as here:
        event = ArticleEvent(
            event_id="A" * 26, source="s", title=title, first_seen_at=START, content_hash="h"
        )

        bad, good = accept(here, event_item(event, found_at=START, locator="x:1"), item("One", url=A))

        assert isinstance(bad, Rejected)
        assert bad.reason == reason
        assert isinstance(good, Accepted)


def test_given_no_room_on_the_disk_when_accepting_then_nothing_is_marked_and_the_caller_tries_later(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        log, here.store._log = here.store._log, FullLog()

        refused = asyncio.run(here.intake.accept([item("One", url=A)], source_id="wire"))
        is_accepting = here.intake.is_accepting
        here.store._log = log
        (outcome,) = accept(here, item("One", url=A))

        assert refused == TryLater("full", 10.0)
        assert not is_accepting
        assert here.intake.is_accepting
        assert outcome == Accepted(here.events()[0].event_id, 1, is_new=True)
        assert here.store.ledgers()["wire"].items_in == 1


class FullLog:
    """The log when the disk is full."""

    def append_in(self, _connection: object, _events: Sequence[ArticleEvent]) -> list[Appended]:
        raise LogFullError("no room")


class CrashingLog:
    """Appends, then dies before the transaction can commit."""

    def __init__(self, here: World) -> None:
        self._log = here.log

    def append_in(self, connection: object, events: Sequence[ArticleEvent]) -> list[Appended]:
        self._log.append_in(connection, events)  # type: ignore[arg-type]  # the store's connection
        raise RuntimeError("killed here")


def test_given_a_crash_after_the_append_when_handed_over_again_then_nothing_is_lost_or_twice(
    tmp_path: Path,
) -> None:
    def advance(progress: Progress, _total: Tally) -> Progress:
        return replace(progress, cursor={"etag": "2"})

    with world(tmp_path) as here:
        log, here.store._log = here.store._log, CrashingLog(here)
        with pytest.raises(RuntimeError, match="killed"):
            asyncio.run(here.intake.accept([item("One", url=A)], source_id="wire", advance=advance))
        after_crash = (here.events(), here.store.ledgers(), here.store.progress("wire").cursor)
        here.store._log = log

        asyncio.run(here.intake.accept([item("One", url=A)], source_id="wire", advance=advance))

        assert after_crash == ([], {}, {})
        assert len(here.events()) == 1
        assert here.store.progress("wire").cursor == {"etag": "2"}


def test_given_a_crash_between_two_parts_when_handed_over_again_then_the_cursor_waits_for_the_last(
    tmp_path: Path,
) -> None:
    items = [item(f"Story {n}", url=f"https://example.org/{n}") for n in range(5)]
    totals: list[Tally] = []

    def advance(progress: Progress, total: Tally) -> Progress:
        totals.append(total)
        return replace(progress, cursor={"etag": "2"})

    class DiesAtThird(PlainNormaliser):
        async def normalise(self, items: Sequence[RawItem]) -> list[ArticleEvent | Rejected]:
            if items[0].title == "Story 4" and len(self.worked_on) < 5:
                self.worked_on += ["died"]
                raise RuntimeError("killed here")
            return await super().normalise(items)

    with world(tmp_path, DiesAtThird(), items_per_commit=2) as here:
        with pytest.raises(RuntimeError, match="killed"):
            asyncio.run(here.intake.accept(items, source_id="wire", advance=advance))
        stored, cursor = len(here.events()), here.store.progress("wire").cursor

        asyncio.run(here.intake.accept(items, source_id="wire", advance=advance))

        assert (stored, cursor) == (4, {})
        assert len(here.events()) == 5
        assert here.store.progress("wire").cursor == {"etag": "2"}
        assert totals == [Tally(new=1, duplicate=4)]


def test_given_many_hand_overs_when_all_come_at_once_then_no_more_than_allowed_are_under_way(
    tmp_path: Path,
) -> None:
    class Watching(PlainNormaliser):
        def __init__(self) -> None:
            super().__init__()
            self.now = self.most = 0

        async def normalise(self, items: Sequence[RawItem]) -> list[ArticleEvent | Rejected]:
            self.now += len(items)
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= len(items)
            return await super().normalise(items)

    watching = Watching()
    with world(tmp_path, watching, max_items_in_flight=10, items_per_commit=4) as here:

        async def flood() -> None:
            batches = [
                [item(f"{b}-{n}", url=f"https://example.org/{b}/{n}") for n in range(7)] for b in range(12)
            ]
            await asyncio.gather(*(here.intake.accept(batch, source_id="wire") for batch in batches))

        asyncio.run(flood())

        assert len(here.events()) == 84
        assert 0 < watching.most <= 10
        assert here.metric("wirewatch_items_in_flight") == 0


def test_given_no_place_when_a_caller_has_little_patience_then_it_is_told_to_try_later(
    tmp_path: Path,
) -> None:
    class Stuck(PlainNormaliser):
        def __init__(self) -> None:
            super().__init__()
            self.entered, self.go_on = asyncio.Event(), asyncio.Event()

        async def normalise(self, items: Sequence[RawItem]) -> list[ArticleEvent | Rejected]:
            self.entered.set()
            await self.go_on.wait()
            return await super().normalise(items)

    stuck = Stuck()
    with world(tmp_path, stuck, max_items_in_flight=1) as here:

        async def crowd() -> tuple[object, object]:
            first = asyncio.create_task(here.intake.accept([item("One", url=A)], source_id="wire"))
            await stuck.entered.wait()
            refused = await here.intake.accept([item("Two", url=B)], source_id="wire", patience_s=0.01)
            stuck.go_on.set()
            return await first, refused

        first, refused = asyncio.run(crowd())

        assert isinstance(first, IntakeResult)
        assert refused == TryLater("busy", 1.0)
        assert here.intake.is_accepting
        assert here.metric("wirewatch_hand_overs_refused_total", reason="busy") == 1


def test_given_items_of_every_kind_when_counted_then_metrics_and_ledger_agree(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        accept(here, item("One", url=A), item("One", url=A), item("", "", url=B))
        accept(here, item("One", "Changed.", url=A))

        def settled(state: str, reason: str = "") -> float:
            return here.metric("wirewatch_items_settled_total", source="wire", state=state, reason=reason)

        ledger = here.store.ledgers()["wire"]
        assert ledger.is_balanced
        assert here.metric("wirewatch_items_in_total", source="wire") == ledger.items_in == 4
        assert settled("new") == ledger.new == 1
        assert settled("revision") == ledger.revision == 1
        assert settled("duplicate") == ledger.duplicate == 1
        assert settled("rejected", "empty") == ledger.rejected["empty"] == 1


ITEMS = st.builds(
    item,
    title=st.sampled_from(["", "One", "Two"]),
    text=st.sampled_from(["", "x", "y"]),
    url=st.sampled_from([None, A, B]),
    guid=st.sampled_from([None, "1", "2"]),
    source=st.sampled_from(["wire", "other"]),
    identity=st.sampled_from(["url", "guid"]),
)
REJECTED = st.builds(Rejected, st.sampled_from(["invalid", "too_large"]), st.just("why"), st.just("wire"))


@given(st.lists(st.lists(ITEMS | REJECTED, max_size=6), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_given_any_hand_overs_when_all_is_over_then_every_item_is_in_one_state_and_every_news_on_the_log(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[RawItem | Rejected]]
) -> None:
    with world(tmp_path_factory.mktemp("ledger"), items_per_commit=4) as here:
        outcomes = [outcome for batch in batches for outcome in accept(here, *batch)]

        ledger = here.store.ledgers().get("wire")
        events = here.events()
        accepted = [outcome for outcome in outcomes if isinstance(outcome, Accepted)]
        assert ledger is None or ledger.is_balanced
        assert (ledger.items_in if ledger else 0) == sum(map(len, batches)) == len(outcomes)
        assert [(event.event_id, event.revision) for event in events] == [
            (outcome.event_id, outcome.revision) for outcome in accepted
        ]
        for event_id in {event.event_id for event in events}:
            revisions = [event.revision for event in events if event.event_id == event_id]
            assert revisions == list(range(1, len(revisions) + 1))
