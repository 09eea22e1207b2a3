import asyncio
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.outcome import Duplicate, IntakeResult
from ingest.progress import Progress
from ingest.store import ledger
from tests.ingest.accepting import A, B, accept
from tests.ingest.world import START, item, world

INSTANTS = st.none() | st.integers(0, 10**9).map(
    lambda ms: START + timedelta(milliseconds=ms, microseconds=7)
)
PROGRESS = st.builds(
    Progress,
    source=st.sampled_from(["wire", "other"]),
    cursor=st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3),
    polled_at=INSTANTS,
    succeeded_at=INSTANTS,
    new_item_at=INSTANTS,
    failures=st.integers(0, 1_000),
    failed_at=INSTANTS,
    reason=st.sampled_from(["", "dns"]),
    detail=st.sampled_from(["", "no such host"]),
    due_at=INSTANTS,
    interval_s=st.none() | st.floats(1, 1e6),
    last_items=st.none() | st.integers(0, 500),
    gaps_s=st.lists(st.floats(0, 1e6), max_size=20).map(tuple),
    is_gone=st.booleans(),
)


@given(st.lists(PROGRESS, min_size=1, max_size=4))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_given_any_progress_when_stored_then_it_comes_back_as_it_was(
    tmp_path: Path, changes: list[Progress]
) -> None:
    (tmp_path / "ingest.db").unlink(missing_ok=True)
    with world(tmp_path) as here:
        for change in changes:
            here.store.advance(change.source, lambda _, change=change: change).result()  # type: ignore[misc]  # bound now

        last = {change.source: change for change in changes}
        assert here.store.all_progress() == last
        assert here.store.progress("wire") == last.get("wire", Progress(source="wire"))


def test_given_more_rejected_items_than_are_kept_when_listed_then_the_newest_remain_and_all_are_counted(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        accept(here, item("", "", url=A))
        fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10050)"
        here.database.write(
            lambda connection: connection.execute(
                f"{fill} INSERT INTO ingest_rejected (at, source, reason, detail, locator)"
                " SELECT '2026-11-24T00:00:00+00:00', 'wire', 'empty', '', '' FROM n"
            )
        )

        accept(here, item("", "", url=B, locator="the last"))

        rows = here.store.rejected(limit=20_000)
        assert len(rows) == ledger.REJECTED_KEPT
        assert rows[0].locator == "the last"
        assert here.store.ledgers()["wire"].rejected == {"empty": 2}


def test_given_rejected_items_of_two_sources_when_one_is_asked_for_then_only_its_own_are_listed(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        accept(here, item("", "", url=A))
        accept(here, item("", "", url=A, source="other"), source="other")

        assert [row.source for row in here.store.rejected(source="other")] == ["other"]
        assert [row.source for row in here.store.rejected()] == ["other", "wire"]


def test_given_articles_no_longer_shown_when_pruned_then_they_go_and_those_still_shown_stay(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        accept(here, item("One", url=A), item("Two", url=B, guid="tag:2"))
        here.clock.step(days=60)
        accept(here, item("One", url=A))
        here.clock.step(days=60)

        removed = [here.store.prune(timedelta(days=90)), here.store.prune(timedelta(days=90))]
        (still_known,) = accept(here, item("One", url=A))

        assert removed == [2, 0]
        assert isinstance(still_known, Duplicate)
        assert here.store.sightings(here.events()[1].event_id) == {}


def test_given_a_pruned_article_still_on_the_log_when_it_comes_back_then_it_is_no_news(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        accept(here, item("One", url=A))
        here.clock.step(days=120)
        here.store.prune(timedelta(days=90))

        (outcome,) = accept(here, item("One", url=A))

        assert outcome == Duplicate(here.events()[0].event_id)
        assert len(here.events()) == 1
        assert here.store.ledgers()["wire"].is_balanced


def test_given_a_hand_over_of_nothing_when_accepted_then_the_source_was_heard_all_the_same(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        result = asyncio.run(here.intake.accept([], max_age=None, source_id="push"))

        assert isinstance(result, IntakeResult)
        assert result.outcomes == ()
        assert here.store.progress("push").last_items == 0
