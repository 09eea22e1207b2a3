from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from ingest.age import DEFAULT_MAX_AGE, MaxAge, gated, max_age_of
from ingest.item import RawItem
from ingest.normalise import normalise
from stream.event import ArticleEvent
from stream.timing import rfc3339
from tests.ingest.accepting import accept
from tests.ingest.pages import no_countries
from tests.ingest.world import START, item, world

WEEK = max_age_of(DEFAULT_MAX_AGE)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def read(published: str | None, modified: str | None = None) -> ArticleEvent:
    event = normalise(
        RawItem(
            source="wire", found_at=NOW, title="Talks", text="Met.", published=published, modified=modified
        ),
        no_countries,
    )
    assert isinstance(event, ArticleEvent)
    return event


@pytest.mark.parametrize(
    ("published", "modified", "max_age", "is_old"),
    [
        ("2012-05-01T10:00:00Z", None, WEEK, True),
        (rfc3339(NOW - timedelta(days=7)), None, WEEK, False),
        (rfc3339(NOW - timedelta(days=7, minutes=1)), None, WEEK, True),
        ("2012-05-01", None, None, False),
        ("2012-05-01", "2026-11-20T11:00:00Z", WEEK, True),
        (None, "2012-05-01T10:00:00Z", WEEK, True),
        (None, None, timedelta(hours=1), False),
        ("some day", None, timedelta(hours=1), False),
    ],
)
def test_given_an_article_when_it_passes_the_gate_then_only_a_date_that_was_read_makes_it_old(
    published: str | None, modified: str | None, max_age: timedelta | None, *, is_old: bool
) -> None:
    later = NOW if max_age == WEEK or max_age is None else NOW + timedelta(days=99)

    assert gated(read(published, modified), max_age, later).backlog is is_old


def test_given_an_old_entry_at_any_poll_when_accepted_then_it_is_backlog_and_a_new_one_is_not(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        for number, days in enumerate((1, 4_000)):
            published = rfc3339(START - timedelta(days=days))
            one = item(f"Story {number}", url=f"https://a.example/{number}", published=published)
            accept(here, one, max_age=WEEK)

        assert [event.backlog for event in here.events()] == [False, True]


@pytest.mark.parametrize("bad", ["7", "7 days", "-1d", "0d", "1.5d", "100000d", "7D", 7, True, [], {}, ""])
def test_given_what_is_no_age_when_read_then_it_is_refused(bad: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(MaxAge).validate_python(bad)


@pytest.mark.parametrize(
    ("text", "age"),
    [("36h", timedelta(hours=36)), ("7d", timedelta(days=7)), ("4w", timedelta(weeks=4)), ("none", None)],
)
def test_given_an_age_when_read_then_it_is_a_span(text: str, age: timedelta | None) -> None:
    assert max_age_of(TypeAdapter(MaxAge).validate_python(text)) == age
