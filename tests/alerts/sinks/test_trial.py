import asyncio
from datetime import timedelta

from alerts.alert import status_of
from alerts.payload import payload
from alerts.render import subject
from alerts.sinks import Refused, SinkGone
from alerts.sinks.trial import trial_alert, try_sink
from tests.support.alerting import NOON
from tests.support.sinks import ScriptedSink


def test_given_a_trial_when_read_then_every_place_says_test() -> None:
    alert = trial_alert(NOON)

    assert subject(alert).startswith("[TEST] [INFORMATIONAL] Test of a sink: [TEST]")
    assert payload(alert)["type"] == "alert.test"
    assert status_of(alert.match) == "test"
    proof = alert.match.evidence[0]
    assert alert.match.event.text[proof.start : proof.end] == "Northland and Southland"


def test_given_two_trials_when_sent_then_neither_is_a_repeat_of_the_other() -> None:
    sink = ScriptedSink("hook")

    for at in (NOON, NOON + timedelta(seconds=1)):
        asyncio.run(try_sink(sink, at))

    assert len(set(sink.keys)) == 2


def test_given_a_remote_that_says_no_when_tried_then_its_answer_is_reported_and_the_sink_closed() -> None:
    sink = ScriptedSink("hook", [SinkGone("410 Gone"), Refused("rejected", "550 no")])

    outcomes = [asyncio.run(try_sink(sink, NOON)) for _ in range(2)]

    assert outcomes == [SinkGone("410 Gone"), Refused("rejected", "550 no")]
    assert sink.is_closed
