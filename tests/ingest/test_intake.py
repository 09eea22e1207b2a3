from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.article import event_item
from ingest.item import RawItem, Rejected
from ingest.outcome import Accepted, Duplicate, Outcome
from stream.event import ArticleEvent
from tests.ingest.accepting import A, B, accept
from tests.ingest.world import START, PlainNormaliser, item, world


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
