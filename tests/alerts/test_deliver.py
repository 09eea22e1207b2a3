import logging

import pytest

from alerts.sinks import Refused, RetryLater, SinkGone
from alerts.store.database import Database
from alerts.store.dead_letters import DeadLetters
from alerts.store.sink_states import SinkStates
from tests.alerts.office import Office
from tests.support.alerting import SteppedClock
from tests.support.sinks import HangingSink, ScriptedSink
from tests.support.waiting import wait_for


def test_given_stored_alerts_when_delivering_then_each_is_sent_once_and_settled(office: Office) -> None:
    sink = ScriptedSink("hook")
    office.store("a", "b", "c")

    with office.running(office.deliver(sink, concurrency=2)):
        wait_for(lambda: office.states() == {"delivered": 3})

    assert sorted(sink.keys) == ["a-hook", "b-hook", "c-hook"]
    assert sink.is_closed
    assert office.count("wirewatch_deliveries_total", sink="hook", outcome="delivered") == 3


def test_given_an_idle_deliverer_when_woken_then_it_delivers_without_waiting_for_its_next_look(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.lane.LOOK_EVERY_S", 3600.0)
    sink = ScriptedSink("hook")
    office.store("a")

    with office.running(office.deliver(sink)) as deliver:
        wait_for(lambda: office.states() == {"delivered": 1})
        office.store("b")
        deliver.wake()
        wait_for(lambda: office.states() == {"delivered": 2})


def test_given_one_sink_of_five_that_hangs_when_delivering_then_the_others_are_not_delayed(
    office: Office,
) -> None:
    hanging = HangingSink("s0")
    others = [ScriptedSink(f"s{number}") for number in range(1, 5)]
    office.store(*(f"{number:02}" for number in range(20)), sinks=("s0", "s1", "s2", "s3", "s4"))

    with office.running(office.deliver(hanging, *others, grace_s=0.05)):
        assert hanging.begun.wait(timeout=20)
        wait_for(lambda: office.states()["delivered"] == 80)

    assert hanging.keys == []
    assert all(len(sink.keys) == 20 for sink in others)


def test_given_a_sink_that_fails_when_its_time_comes_then_it_is_tried_again_under_the_same_key(
    office: Office, clock: SteppedClock
) -> None:
    sink = ScriptedSink("hook", [RetryLater(None, "server_error", "500"), RetryLater(None, "timeout")])
    office.store("a")

    with office.running(office.deliver(sink)) as deliver:
        wait_for(lambda: office.count("wirewatch_deliveries_total", sink="hook", outcome="retry") == 1)
        clock.step(6)  # not before the failure is noted: only then its pause begins
        deliver.wake()
        wait_for(lambda: office.count("wirewatch_deliveries_total", sink="hook", outcome="retry") == 2)
        clock.step(331)
        deliver.wake()
        wait_for(lambda: office.states() == {"delivered": 1})

    assert sink.keys == ["a-hook"] * 3


def test_given_a_final_no_when_delivering_then_it_is_a_dead_letter(
    office: Office, database: Database
) -> None:
    office.store("a")

    with office.running(office.deliver(ScriptedSink("hook", [Refused("rejected", "550")]))):
        wait_for(lambda: office.states() == {"dead": 1})

    assert [letter.delivery_key for letter in DeadLetters(database).list()] == ["a-hook"]


def test_given_a_sink_that_is_gone_when_enabled_then_what_it_refused_and_what_came_since_arrives(
    office: Office, database: Database, clock: SteppedClock
) -> None:
    sink = ScriptedSink("hook", [SinkGone("410 Gone")])
    office.store("a")
    with office.running(office.deliver(sink)):
        wait_for(lambda: office.count("wirewatch_sink_disabled", sink="hook") == 1)
    office.store("b")
    clock.step(86_400 * 3)

    other = ScriptedSink("other")
    office.store("c", sinks=("other",))
    with office.running(office.deliver(sink, other)) as deliver:
        wait_for(lambda: len(other.keys) == 1)
        while_disabled = list(sink.keys)
        SinkStates(database).enable("hook")
        deliver.wake()
        wait_for(lambda: len(sink.keys) == 3)
        wait_for(lambda: office.states() == {"delivered": 3})

    assert while_disabled == ["a-hook"]
    assert sorted(sink.keys) == ["a-hook", "a-hook", "b-hook"]
    assert DeadLetters(database).list() == []


def test_given_five_failures_in_a_row_when_delivering_then_the_sink_is_left_alone_then_probed(
    office: Office, clock: SteppedClock
) -> None:
    sink = ScriptedSink("hook", [RetryLater(None, "connection")] * 5)
    office.store(*(f"{number:02}" for number in range(12)))

    with office.running(office.deliver(sink)) as deliver:
        wait_for(lambda: office.count("wirewatch_sink_paused", sink="hook") == 1)
        tried = len(sink.keys)
        clock.step(20)
        deliver.wake()
        wait_for(lambda: office.states()["delivered"] == 12)

    assert tried == 5


def test_given_a_sink_that_raises_when_delivering_then_it_is_tried_again_and_its_secret_stays_untold(
    office: Office, clock: SteppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    sink = ScriptedSink("hook", [RuntimeError("https://hooks.example.org/canary-5ecret")])
    office.store("a")

    with caplog.at_level(logging.DEBUG), office.running(office.deliver(sink)) as deliver:
        wait_for(lambda: office.count("wirewatch_deliveries_total", sink="hook", outcome="retry") == 1)
        clock.step(10)
        deliver.wake()
        wait_for(lambda: office.states() == {"delivered": 1})

    told = " ".join(str(record.__dict__) for record in caplog.records)
    assert "sink raised" in told
    assert "canary" not in told
    assert "canary" not in str(office.archive.outbox())
