from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.progress import Progress
from ingest.sharing.everywhere import Everywhere
from ingest.sharing.members import Members
from ingest.sharing.sharing import handed_on, taken_over
from stream.errors import StateError
from stream.server import Server
from tests.ingest.sharing.crew import Crew, crew
from tests.ingest.world import START, item
from tests.support.waiting import wait_for

SOURCES = [f"s{number:02}" for number in range(20)]
POLLED = Progress(
    source="s00",
    cursor={"url": "https://a.example/feed", "etag": '"1"', "body_hash": "x"},
    polled_at=START,
    due_at=START + timedelta(hours=1),
    failures=3,
    gaps_s=(60.0, 90.0),
)


@pytest.fixture
def both(empty_postgres: Server, tmp_path: Path) -> Iterator[Crew]:
    with crew(empty_postgres, tmp_path) as opened:
        yield opened


def test_given_progress_when_handed_on_then_the_next_reader_sees_the_last_answer_again() -> None:
    assert handed_on(POLLED) == replace(POLLED, cursor={"url": "https://a.example/feed"})
    assert handed_on(replace(POLLED, cursor={"file": "x"})).cursor == {}


def test_given_marks_of_ones_own_when_taken_over_then_they_are_kept_and_the_rest_is_the_others() -> None:
    own = replace(POLLED, cursor={"url": "u", "etag": '"0"'}, polled_at=START - timedelta(days=1), failures=0)

    assert taken_over(None, POLLED) == POLLED
    assert taken_over(Progress(source="s00"), POLLED) == POLLED
    assert taken_over(own, POLLED) == replace(POLLED, cursor=own.cursor)
    assert taken_over(replace(own, polled_at=START), POLLED) == replace(own, polled_at=START)


def test_given_two_ingesters_when_one_leaves_then_the_other_has_all_at_its_next_beat(both: Crew) -> None:
    one, two = both.hand("one"), both.hand("two")
    for hand in (one, two):
        hand.sharing.beat()
    one.sharing.beat()
    apart = [one.sharing.owned(SOURCES), two.sharing.owned(SOURCES)]

    two.sharing.leave()
    one.sharing.beat()

    assert apart[0] | apart[1] == set(SOURCES)
    assert apart[0] & apart[1] == set()
    assert all(apart)
    assert one.sharing.owned(SOURCES) == set(SOURCES)


def test_given_an_ingester_that_is_silent_when_its_lease_is_over_then_it_is_dead_to_the_others(
    both: Crew,
) -> None:
    one, two = both.hand("one"), both.hand("two")
    Members(two.room, two.me, timedelta(seconds=0.3)).renew()

    before = one.members.renew()
    wait_for(lambda: one.members.renew() == {one.me})

    assert before == {one.me, two.me}
    assert two.members.renew() == {one.me, two.me}


def test_given_a_dead_ingester_with_a_lease_from_a_clock_that_was_ahead_when_met_then_it_is_soon_over(
    both: Crew,
) -> None:
    one, two = both.hand("one"), both.hand("two")  # leases of a day
    with_short_lease = Members(one.room, one.me, timedelta(seconds=0.3))

    before = with_short_lease.renew()

    assert before == {one.me, two.me}
    wait_for(lambda: with_short_lease.renew() == {one.me})


def test_given_a_source_that_was_polled_when_another_takes_it_over_then_it_waits_until_it_is_due(
    both: Crew,
) -> None:
    one, two = both.hand("one"), both.hand("two")
    one.world.store.take_over([POLLED])
    one.sharing.beat()
    one.die()

    two.sharing.beat()
    two.sharing.take_over(["s00"])

    assert two.world.store.progress("s00") == handed_on(POLLED)


def test_given_sources_of_two_readers_when_looked_at_then_the_newest_word_on_each_counts(both: Crew) -> None:
    one, two = both.hand("one"), both.hand("two")
    older = replace(POLLED, polled_at=START - timedelta(hours=1), failures=0)
    one.world.store.take_over([POLLED, replace(older, source="s01")])
    one.sharing.beat()
    two.world.store.take_over([older, replace(POLLED, source="s01"), replace(POLLED, source="s02")])

    found = Everywhere(two.room, two.world.store.all_progress).all_progress()

    assert {source: progress.failures for source, progress in found.items()} == {"s00": 3, "s01": 3, "s02": 3}


def test_given_articles_on_the_log_when_they_are_read_then_the_book_is_told_once(both: Crew) -> None:
    one = both.hand("one")
    one.accept(item(url="https://a.example/1"), item("Other", url="https://a.example/2"))
    before = one.publishing.step()

    one.world.log.consumer("forward").close()
    unread = one.publishing.step()
    one.publish()

    assert (before, unread, one.publishing.step()) == (0, 0, 0)
    one.die()
    assert both.hand("two").accept(item(url="https://a.example/1")) == ["Duplicate"]


def test_given_sources_that_could_not_be_moved_when_it_beats_again_then_they_are(both: Crew) -> None:
    one, two = both.hand("one"), both.hand("two")
    calls: list[int] = []

    def move() -> None:
        calls.append(len(calls))
        if len(calls) == 1:
            raise StateError("away")

    one.sharing._changed = move
    with pytest.raises(StateError):
        one.sharing.beat()
    one.sharing.beat()
    one.sharing.beat()

    assert calls == [0, 1]
    two.die()
    one.sharing.beat()
    assert len(calls) == 3
