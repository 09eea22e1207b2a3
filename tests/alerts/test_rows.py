from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.alert import Alert, status_of
from alerts.store.instants import instant, micros
from alerts.store.rows import alert_of, alert_row, event_row
from tests.support.alerting import NOON, make_event, make_match

_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_instants = st.integers(0, 250_000_000_000 * 1_000_000).map(instant)


@settings(max_examples=60)
@given(title=_words, tags=st.lists(_words, max_size=3), theme=st.none() | _words, at=_instants)
def test_given_any_alert_when_stored_and_read_then_it_is_the_same(
    title: str, tags: list[str], theme: str | None, at: datetime
) -> None:
    match = make_match(make_event(title=title), tags=tuple(tags), theme=theme)
    alert = Alert("id", match, at)

    row = alert_row(alert) | event_row(match.event)

    assert alert_of(row) == alert


@given(at=_instants, delta=st.timedeltas(timedelta(0), timedelta(days=1)))
def test_given_two_instants_when_stored_then_their_order_is_kept(at: datetime, delta: timedelta) -> None:
    stored = micros(at), micros(at + delta)

    assert stored[1] - stored[0] == delta // timedelta(microseconds=1)
    assert instant(stored[0]) == at


def test_given_a_rule_under_test_or_an_old_article_when_stored_then_it_is_not_live() -> None:
    old = make_event(backlog=True)

    statuses = [status_of(match) for match in (make_match(), make_match(is_test=True), make_match(old))]

    assert statuses == ["live", "test", "backlog"]
    assert NOON.tzinfo is UTC
