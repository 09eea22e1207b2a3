"""What becomes of an article whose source is read by another ingester, at every moment that may be."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.outcome import TryLater
from stream.postgres import new_engine
from stream.server import Server
from tests.ingest.sharing.crew import Crew, crew, texts
from tests.ingest.world import item, world
from tests.support.crashing import Crash, crash_at

URL = "https://news.example.org/1"


@pytest.fixture
def both(empty_postgres: Server, tmp_path: Path) -> Iterator[Crew]:
    with crew(empty_postgres, tmp_path) as opened:
        yield opened


def test_given_an_article_of_another_ingester_when_it_comes_again_then_it_is_no_news(both: Crew) -> None:
    one, two = both.hand("one"), both.hand("two")

    ends = [one.accept(item(url=URL)), two.accept(item(url=URL)), two.accept(item(url=URL))]

    assert ends == [["Accepted"], ["Duplicate"], ["Duplicate"]]
    assert two.world.events() == []


def test_given_a_revision_that_another_has_numbered_when_it_changes_then_the_next_number_is_taken(
    both: Crew,
) -> None:
    one, two = both.hand("one"), both.hand("two")
    one.accept(item(url=URL, text="First."))
    one.accept(item(url=URL, text="Second."))

    two.accept(item(url=URL, text="Third."))

    assert texts(two.world.events()) == [(3, "Third.")]
    assert two.world.events()[0].first_seen_at == one.world.events()[0].first_seen_at


def test_given_an_article_under_a_new_url_when_another_reads_it_then_it_has_its_old_id(both: Crew) -> None:
    one, two = both.hand("one"), both.hand("two")
    one.accept(item(url=URL, guid="tag:1"))
    one.accept(item(url=f"{URL}-moved", guid="tag:1", text="Moved."))

    two.accept(item(url=f"{URL}-moved", text="Moved and changed.", source="other"))

    (event,) = two.world.events()
    assert (event.event_id, event.revision) == (one.world.events()[0].event_id, 3)


def test_given_an_ingester_that_died_before_publishing_when_another_reads_the_source_then_it_publishes(
    both: Crew,
) -> None:
    one, two = both.hand("one"), both.hand("two")
    one.accept(item(url=URL))
    waiting = two.accept(item(url=URL))
    one.die(with_disk=True)

    ends = two.accept(item(url=URL))

    assert (waiting, ends) == (["Duplicate"], ["Accepted"])
    assert [event.revision for event in two.world.events()] == [1]


def test_given_an_article_that_is_published_when_its_ingester_dies_then_nobody_publishes_it_again(
    both: Crew,
) -> None:
    one, two = both.hand("one"), both.hand("two")
    one.accept(item(url=URL))
    one.publish()
    one.die(with_disk=True)

    assert two.accept(item(url=URL)) == ["Duplicate"]


def test_given_the_full_text_lost_with_its_ingester_when_a_summary_comes_then_it_is_taken(both: Crew) -> None:
    one, two = both.hand("one"), both.hand("two")
    one.accept(item(url=URL, text="The whole story."))
    one.die(with_disk=True)

    two.accept(item(url=URL, text=""))

    assert [(event.revision, event.body_kind) for event in two.world.events()] == [(2, "none")]


@pytest.mark.parametrize("place", ["share.ruled", "ingest.after_commit"])
def test_given_a_crash_at_any_step_when_started_again_then_the_article_is_published_under_one_number(
    both: Crew, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    one = both.hand("one")
    crash_at(monkeypatch, place, called="ingest.intake.reach")
    with pytest.raises(Crash):
        one.accept(item(url=URL))
    monkeypatch.undo()
    one.world.database.close()

    again = both.hand("one")
    again.accept(item(url=URL))
    again.publish()

    assert [(event.revision, event.text) for event in both.read] == [(1, "Ministers met.")]


def test_given_what_was_known_before_sharing_when_it_changes_then_the_count_goes_on(
    empty_postgres: Server, tmp_path: Path
) -> None:
    (tmp_path / "one").mkdir()
    with world(tmp_path / "one") as alone:
        asyncio.run(alone.intake.accept([item(url=URL)], max_age=None, source_id="wire"))
    with crew(empty_postgres, tmp_path) as opened:
        one = opened.hand("one")

        ends = [one.accept(item(url=URL)), one.accept(item(url=URL, text="Changed."))]

        assert ends == [["Duplicate"], ["Accepted"]]
        assert texts(one.world.events()) == [(1, "Ministers met."), (2, "Changed.")]


def test_given_a_restless_page_when_it_changes_then_all_ingesters_together_stop_it(both: Crew) -> None:
    hands = [both.hand("one"), both.hand("two")]

    ends = [hands[turn % 2].accept(item(url=URL, text=f"Version {turn}."))[0] for turn in range(30)]

    assert ends == ["Accepted"] * 25 + ["Rejected"] * 5


def test_given_no_database_when_items_come_then_they_are_to_be_sent_again_and_nothing_is_stored(
    both: Crew,
) -> None:
    one = both.hand("one")
    one.room.close()
    one.room._engine = new_engine(Server("postgresql://127.0.0.1:1/nowhere"))

    refused = asyncio.run(one.world.intake.accept([item(url=URL)], max_age=None, source_id="wire"))

    assert refused == TryLater("unavailable", 10.0)
    assert one.world.events() == []


def test_given_articles_nobody_shows_any_more_when_pruned_then_only_those_are_forgotten(both: Crew) -> None:
    one = both.hand("one")
    one.accept(item(url=URL))
    one.accept(item(url=f"{URL}/2"))
    both.clock.step(days=60)
    one.accept(item(url=URL))
    both.clock.step(days=31)

    assert one.book.prune(timedelta(days=90)) == 1
    assert [two.accept(item(url=URL)) for two in [both.hand("two")]] == [["Duplicate"]]


def test_given_two_ingesters_at_once_when_they_read_the_same_articles_then_each_number_has_one_content(
    both: Crew,
) -> None:
    hands = [both.hand("one"), both.hand("two")]

    def work(mine: int) -> None:
        for turn in range(8):
            hands[mine].accept(
                *(item(url=f"{URL}/{n}", text=f"Version {turn} of {n} by {mine}.") for n in range(5))
            )

    threads = [threading.Thread(target=work, args=[mine]) for mine in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    for hand in hands:
        hand.publish()

    assert {len(contents) for contents in both.numbers().values()} == {1}
    assert len(both.contents()) == 8 * 5 * 2


STEPS = st.lists(
    st.sampled_from(["a reads", "b reads", "a publishes", "b publishes", "a dies", "b dies", "it changes"]),
    max_size=25,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_given_any_order_of_reading_and_dying_when_it_ends_then_the_last_version_is_read_by_everybody(
    empty_postgres: Server, tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    with crew(empty_postgres, tmp_path_factory.mktemp("crew")) as opened:
        address = f"{URL}/{opened.folder.name}"  # the database is that of the example before
        hands = {name: opened.hand(f"{name}0") for name in "ab"}
        version, shown = 0, set[str]()
        for number, step in enumerate([*steps, "a reads", "a publishes"], start=1):
            name = step[0]
            match step[2:]:
                case "reads":
                    hands[name].accept(item(url=address, text=f"Version {version}."))
                    shown.add(f"Version {version}.")
                case "publishes":
                    hands[name].publish()
                case "dies":
                    hands[name].die(with_disk=True)
                    hands[name] = opened.hand(f"{name}{number}")
                case _:
                    version += 1
        for hand in hands.values():
            hand.publish()

        assert f"Version {version}." in {event.text for event in opened.read}
        assert {event.text for event in opened.read} <= shown
        assert {len(contents) for contents in opened.numbers().values()} == {1}
        for hand in hands.values():
            hand.members.leave()
