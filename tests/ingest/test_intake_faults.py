import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.item import RawItem, Rejected
from ingest.outcome import Accepted, IntakeResult, TryLater
from ingest.progress import Progress, Tally
from stream.event import ArticleEvent
from stream.log import Appended
from tests.ingest.accepting import A, B, FullLog, accept
from tests.ingest.world import PlainNormaliser, World, item, world


def test_given_no_room_on_the_disk_when_accepting_then_nothing_is_marked_and_the_caller_tries_later(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        log, here.store._log = here.store._log, FullLog()

        refused = asyncio.run(here.intake.accept([item("One", url=A)], max_age=None, source_id="wire"))
        is_accepting = here.intake.is_accepting
        here.store._log = log
        (outcome,) = accept(here, item("One", url=A))

        assert refused == TryLater("full", 10.0)
        assert not is_accepting
        assert here.intake.is_accepting
        assert outcome == Accepted(here.events()[0].event_id, 1, is_new=True)
        assert here.store.ledgers()["wire"].items_in == 1


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
            asyncio.run(
                here.intake.accept([item("One", url=A)], max_age=None, source_id="wire", advance=advance)
            )
        after_crash = (here.events(), here.store.ledgers(), here.store.progress("wire").cursor)
        here.store._log = log

        asyncio.run(here.intake.accept([item("One", url=A)], max_age=None, source_id="wire", advance=advance))

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
            asyncio.run(here.intake.accept(items, max_age=None, source_id="wire", advance=advance))
        stored, cursor = len(here.events()), here.store.progress("wire").cursor

        asyncio.run(here.intake.accept(items, max_age=None, source_id="wire", advance=advance))

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
            await asyncio.gather(
                *(here.intake.accept(batch, max_age=None, source_id="wire") for batch in batches)
            )

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
            first = asyncio.create_task(
                here.intake.accept([item("One", url=A)], max_age=None, source_id="wire")
            )
            await stuck.entered.wait()
            refused = await here.intake.accept(
                [item("Two", url=B)], max_age=None, source_id="wire", patience_s=0.01
            )
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
