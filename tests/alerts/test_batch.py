from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.alert import Match, alert_id
from alerts.batch import Routed, match_all, new_alerts, next_offsets, read, unseen
from stream.event import ArticleEvent
from tests.support.alerting import NOON, FixedRouter, WordMatcher, make_event, make_match, make_record


class FailingMatcher:
    def match(self, event: ArticleEvent) -> Sequence[Match]:
        raise ZeroDivisionError(event.title)


class FailingRouter:
    def sinks_for(self, match: Match) -> tuple[str, ...]:
        raise KeyError(match.rule)


def ignore(_reading: object) -> None:
    return


def test_given_good_and_bad_records_when_read_then_the_bad_have_a_reason() -> None:
    future = b'{"schema_version":99,"event_id":"x"}'
    records = [
        make_record(make_event()),
        make_record(b"\xff{", 2),
        make_record(b'{"title": NaN}', 3),
        make_record(b'{"schema_version":1,"title":"x"}', 4),
        make_record(future, 5),
        make_record(make_event(), 6, damage="checksum"),
        make_record(b'{"novel":' + b"[" * 100_000, 7),
    ]

    readings, dead = read(records)

    assert [reading.event.event_id for reading in readings] == [make_event().event_id]
    reasons = [
        "invalid_json",
        "invalid_json",
        "invalid_event",
        "unsupported_version",
        "checksum",
        "invalid_json",
    ]
    assert [letter.reason for letter in dead] == reasons


def test_given_a_matcher_that_raises_when_matching_then_only_that_record_is_dead() -> None:
    readings, _ = read([make_record(make_event("a"))])

    done, routed, dead = match_all(readings, FailingMatcher(), FixedRouter("x"), ignore)

    assert (done, routed) == ([], [])
    assert [letter.reason for letter in dead] == ["matcher_failed"]
    assert dead[0].detail.startswith("ZeroDivisionError: ")


def test_given_a_router_that_raises_when_matching_then_the_record_is_dead_and_not_half_done() -> None:
    readings, _ = read([make_record(make_event("a"))])

    done, routed, dead = match_all(readings, WordMatcher("Freedonia"), FailingRouter(), ignore)

    assert (done, routed) == ([], [])
    assert [letter.reason for letter in dead] == ["router_failed"]


def test_given_two_revisions_that_match_when_planned_then_one_alert_is_raised() -> None:
    first, second = make_event(), make_event(revision=2)
    routed = [Routed(make_match(first), ("x",)), Routed(make_match(second), ("x",))]

    alerts, matches = new_alerts(routed, set(), NOON)

    assert [new.alert.match.event.revision for new in alerts] == [1]
    assert matches == {"pact": 1}


def test_given_a_revision_that_newly_matches_a_rule_when_planned_then_only_that_rule_is_raised() -> None:
    event = make_event(revision=2)
    routed = [Routed(make_match(event, "old"), ("x",)), Routed(make_match(event, "new"), ("x",))]

    alerts, _ = new_alerts(routed, {alert_id("old", event.event_id)}, NOON)

    assert [new.alert.match.rule for new in alerts] == ["new"]


def test_given_a_test_rule_and_an_old_article_when_planned_then_both_are_kept_and_nothing_is_sent() -> None:
    routed = [
        Routed(make_match(make_event("a"), is_test=True), ("x",)),
        Routed(make_match(make_event("b", backlog=True)), ("x",)),
    ]

    alerts, _ = new_alerts(routed, set(), NOON)

    assert [new.deliveries for new in alerts] == [(), ()]


_records = st.lists(
    st.tuples(
        st.integers(0, 4), st.integers(1, 3), st.sampled_from(["good", "bad", "damaged"]), st.integers(0, 2)
    ),
    max_size=30,
)


@settings(max_examples=50)
@given(_records)
def test_given_any_records_when_decided_then_each_ends_in_exactly_one_state(
    drawn: list[tuple[int, int, str, int]],
) -> None:
    records = [
        make_record(
            b"{" if kind == "bad" else make_event(str(name), revision=revision),
            offset,
            partition,
            damage="checksum" if kind == "damaged" else None,
        )
        for offset, (name, revision, kind, partition) in enumerate(drawn)
    ]
    seen = {(make_event("0").event_id, 1)}

    readings, undecodable = read(records)
    fresh = unseen(readings, seen)
    done, routed, failed = match_all(fresh, WordMatcher("Freedonia"), FixedRouter("x", "y"), ignore)

    repeated = len(readings) - len(fresh)
    assert len(done) + len(failed) + len(undecodable) + repeated == len(records)
    keys = [reading.key for reading in done]
    assert len(keys) == len(set(keys))
    alerts, _ = new_alerts(routed, set(), NOON)
    assert {new.alert.match.event.event_id for new in alerts} == {reading.event.event_id for reading in done}
    assert all(len(new.deliveries) == 2 for new in alerts)
    assert set(next_offsets(records)) == {record.partition for record in records}
