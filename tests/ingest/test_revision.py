from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.revision import (
    MAX_REVISIONS,
    WINDOW,
    Decision,
    Known,
    New,
    Restless,
    Revision,
    Unaltered,
    decide,
)
from stream.event import ArticleEvent, content_hash, identity
from tests.ingest.world import START

BODIES = st.sampled_from(["a", "b", "c", "d"])


def event(text: str, url: str = "https://example.org/a", **more: object) -> ArticleEvent:
    return ArticleEvent(
        event_id=identity(url),
        source="wire",
        title="Title",
        text=text,
        url=url,
        first_seen_at=START,
        content_hash=content_hash("Title", text),
        **more,  # type: ignore[arg-type]  # the test names the fields
    )


def known_after(decision: Decision, before: Known | None) -> Known | None:
    match decision:
        case New(event=e):
            return Known(e.event_id, e.content_hash, e.revision, e.first_seen_at, e.body_kind, START)
        case Revision(event=e, window_started_at=started, window_revisions=count):
            return Known(e.event_id, e.content_hash, e.revision, e.first_seen_at, e.body_kind, started, count)
        case Unaltered() | Restless():
            return before


def test_given_nothing_known_when_an_event_comes_then_it_is_new_as_it_is() -> None:
    found = event("a")

    decision = decide(None, found, START)

    assert decision == New(found)


def test_given_a_known_article_when_its_words_change_then_the_next_revision_keeps_its_first_time() -> None:
    known = Known(
        "THE-KNOWN-ID", "old hash", 3, START - timedelta(days=2), "full", START - timedelta(days=2), 2
    )

    decision = decide(known, event("b"), START)

    assert isinstance(decision, Revision)
    assert (decision.event.event_id, decision.event.revision) == ("THE-KNOWN-ID", 4)
    assert decision.event.first_seen_at == START - timedelta(days=2)
    assert decision.window_revisions == 3


def test_given_a_full_article_when_a_summary_of_it_comes_then_that_is_no_revision() -> None:
    known = Known("ID", "hash of the full text", 1, START, "full", START)

    decision = decide(known, event("in short", body_kind="summary"), START)

    assert decision == Unaltered("ID")


def test_given_a_summary_when_the_full_article_comes_then_that_is_a_revision() -> None:
    known = Known("ID", "hash of the summary", 1, START, "summary", START)

    decision = decide(known, event("at length"), START)

    assert isinstance(decision, Revision)


def test_given_a_restless_page_when_its_window_is_over_then_revisions_go_on() -> None:
    known = Known("ID", "old hash", 25, START, "full", START, MAX_REVISIONS)

    within = decide(known, event("b"), START + WINDOW - timedelta(seconds=1))
    after = decide(known, event("b"), START + WINDOW)

    assert within == Restless("ID")
    assert isinstance(after, Revision)
    assert (after.event.revision, after.window_revisions) == (26, 1)


@given(st.lists(st.tuples(BODIES, st.integers(0, 60)), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_given_any_edits_when_decided_then_revisions_count_up_and_differ_and_are_bounded(
    edits: list[tuple[str, int]],
) -> None:
    known: Known | None = None
    now = START
    appended: list[tuple[ArticleEvent, object]] = []

    for text, hours in edits:
        now += timedelta(hours=hours)
        decision = decide(known, event(text), now)
        if isinstance(decision, New | Revision):
            appended.append((decision.event, now))
        known = known_after(decision, known)

    assert [each.revision for each, _ in appended] == list(range(1, len(appended) + 1))
    assert all(a.content_hash != b.content_hash for (a, _), (b, _) in pairwise(appended))
    assert {each.first_seen_at for each, _ in appended} == {START}
    assert {each.event_id for each, _ in appended} == {event("a").event_id}


@given(st.lists(BODIES, min_size=1, max_size=120))
@settings(max_examples=40, deadline=None)
def test_given_edits_within_one_week_when_decided_then_at_most_24_revisions_follow_the_first(
    texts: list[str],
) -> None:
    known: Known | None = None
    appended = 0

    for minutes, text in enumerate(texts):
        decision = decide(known, event(text), START + timedelta(minutes=minutes))
        appended += isinstance(decision, New | Revision)
        known = known_after(decision, known)

    assert appended <= 1 + MAX_REVISIONS
