import contextlib
import logging
import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import TextIO

import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from alerts.batch import Batch, NewAlert
from alerts.deliver import Deliver, DeliverConfig
from alerts.lane import Channel, Post
from alerts.metrics import AlertMetrics
from alerts.outbox import LEASE, Outbox
from alerts.schedule import WEBHOOK
from alerts.sinks import Delivered, Outcome, Refused, RetryLater, SinkGone
from alerts.sinks.console import ConsoleSink
from alerts.store.archive import Archive
from alerts.store.database import Database
from alerts.store.dead_letters import DeadLetters
from alerts.store.ledger import Ledger
from alerts.store.sink_states import SinkStates
from tests.support.alerting import SteppedClock, make_alert, make_event
from tests.support.crashing import Crash, crash_at
from tests.support.sinks import HangingSink, ScriptedSink
from tests.support.waiting import wait_for


class Office:
    """A deliverer over a real outbox, which can be stopped, can die, and can be started again."""

    def __init__(self, database: Database, clock: SteppedClock) -> None:
        self.database = database
        self.clock = clock
        self.registry = CollectorRegistry()
        states = SinkStates(database)
        self.post = Post(Outbox(database), states, AlertMetrics(self.registry), clock, random.Random(1))
        self.archive = Archive(database)

    def store(self, *names: str, sinks: tuple[str, ...] = ("hook",)) -> None:
        alerts = tuple(
            NewAlert(make_alert(make_event(name)), tuple((f"{name}-{sink}", sink) for sink in sinks))
            for name in names
        )
        Ledger(self.database, "alerts", "articles").commit(Batch(alerts=alerts), {}, {}, self.clock())

    def deliver(self, *sinks: ScriptedSink, grace_s: float = 5.0, concurrency: int = 1) -> Deliver:
        channels = [Channel(sink, WEBHOOK, concurrency) for sink in sinks]
        return Deliver(channels, self.post, DeliverConfig(grace_s=grace_s), is_only=True)

    @contextlib.contextmanager
    def running(self, deliver: Deliver) -> Iterator[Deliver]:
        thread = threading.Thread(target=deliver.run)
        thread.start()
        try:
            yield deliver
        finally:
            deliver.stop()
            thread.join(timeout=30)
        assert not thread.is_alive()

    def states(self) -> Counter[str]:
        return Counter(delivery.state for delivery in self.archive.outbox(limit=10_000))

    def count(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


@pytest.fixture
def office(database: Database, clock: SteppedClock) -> Office:
    return Office(database, clock)


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
        for seconds, sent in ((0, 1), (6, 2), (331, 3)):
            clock.step(seconds)
            deliver.wake()
            wait_for(lambda sent=sent: len(sink.keys) == sent)  # type: ignore[misc]  # a default is how a loop binds
        wait_for(lambda: office.states() == {"delivered": 1})

    assert sink.keys == ["a-hook"] * 3
    assert office.count("wirewatch_deliveries_total", sink="hook", outcome="retry") == 2


@pytest.mark.parametrize("answer", [Refused("rejected", "550"), SinkGone("410 Gone")])
def test_given_a_final_no_when_delivering_then_it_is_a_dead_letter(
    office: Office, database: Database, answer: Outcome
) -> None:
    office.store("a")

    with office.running(office.deliver(ScriptedSink("hook", [answer]))):
        wait_for(lambda: office.states() == {"dead": 1})

    assert [letter.delivery_key for letter in DeadLetters(database).list()] == ["a-hook"]


def test_given_a_sink_that_is_gone_when_more_comes_then_it_waits_until_somebody_enables_it(
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
        wait_for(lambda: sink.keys == ["a-hook", "b-hook"])

    assert while_disabled == ["a-hook"]


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
        wait_for(lambda: office.states() == {"pending": 1} and len(sink.keys) == 1)
        clock.step(10)
        deliver.wake()
        wait_for(lambda: office.states() == {"delivered": 1})

    told = " ".join(str(record.__dict__) for record in caplog.records)
    assert "sink raised" in told
    assert "canary" not in told
    assert "canary" not in str(office.archive.outbox())


@pytest.mark.parametrize("place", ["deliver.claimed", "deliver.sent", "deliver.settled"])
def test_given_a_crash_at_any_step_when_started_again_then_every_key_arrives_and_repeats_are_bounded(
    office: Office, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    office.store(*"abcdef")
    sink = ScriptedSink("hook")
    crash_at(monkeypatch, place, 3)
    with pytest.raises(BaseExceptionGroup) as died:
        office.deliver(sink).run()
    monkeypatch.undo()

    with office.running(office.deliver(sink)):
        wait_for(lambda: office.states() == {"delivered": 6})

    assert died.group_contains(Crash)
    counts = Counter(sink.keys)
    assert counts.keys() == {f"{name}-hook" for name in "abcdef"}
    assert sum(counts.values()) - len(counts) <= 1  # what was in flight
    assert office.count("wirewatch_delivery_uncertain_total", sink="hook") == (place != "deliver.settled")


def test_given_another_deliverer_that_died_when_its_lease_runs_out_then_it_is_sent_again(
    office: Office, clock: SteppedClock
) -> None:
    office.store("a")
    office.post.outbox.claim("hook", 1, clock())
    sink = ScriptedSink("hook")
    deliver = Deliver([Channel(sink, WEBHOOK)], office.post, DeliverConfig(), is_only=False)

    with office.running(deliver):
        wait_for(lambda: office.count("wirewatch_outbox_pending", sink="hook") == 1)
        before = list(sink.keys)
        clock.step(LEASE.total_seconds())
        deliver.wake()
        wait_for(lambda: sink.keys == ["a-hook"])

    assert before == []


def test_given_a_stop_when_a_send_hangs_then_it_is_given_back_within_the_grace(
    office: Office, clock: SteppedClock
) -> None:
    office.store("a", "b")
    sink = HangingSink("hook")

    with office.running(office.deliver(sink, grace_s=0.05)):
        assert sink.begun.wait(timeout=20)

    assert office.states() == {"pending": 2}
    assert [claim.attempt for claim in office.post.outbox.claim("hook", 5, clock())] == [1, 1]
    assert office.count("wirewatch_delivery_uncertain_total", sink="hook") == 1


def test_given_a_stop_when_a_send_ends_in_time_then_it_is_settled(office: Office) -> None:
    office.store("a")
    sink = HangingSink("hook")

    with office.running(office.deliver(sink, grace_s=20)) as deliver:
        assert sink.begun.wait(timeout=20)
        deliver.stop()
        sink.release()

    assert office.states() == {"delivered": 1}


def test_given_a_stop_before_the_start_when_run_then_it_returns(office: Office) -> None:
    deliver = office.deliver(ScriptedSink("hook"))

    deliver.stop()
    deliver.run()
    deliver.wake()

    assert office.states() == {}


def test_given_a_database_that_fails_when_delivering_then_the_lane_lives_on(
    office: Office, database: Database
) -> None:
    office.store("a")
    with database.write() as connection:
        connection.execute(sa.text("ALTER TABLE deliveries RENAME TO away"))

    with office.running(office.deliver(ScriptedSink("hook"))):
        wait_for(lambda: office.count("wirewatch_loop_failures_total", loop="hook") >= 1)
        with database.write() as connection:
            connection.execute(sa.text("ALTER TABLE away RENAME TO deliveries"))
        wait_for(lambda: office.states() == {"delivered": 1})


def test_given_a_sink_dead_for_longer_than_its_schedule_when_probed_then_the_old_deliveries_are_buried(
    office: Office, database: Database, clock: SteppedClock
) -> None:
    sink = ScriptedSink("hook", [RetryLater(None, "connection")] * 99)
    office.store(*"abcd")
    with office.running(office.deliver(sink)):
        wait_for(lambda: len(sink.keys) == 4 and office.states() == {"pending": 4})
    clock.now += timedelta(days=4)
    office.store("e")

    with office.running(office.deliver(sink)):
        wait_for(lambda: office.states() == {"dead": 4, "pending": 1})

    assert {letter.reason for letter in DeadLetters(database).list()} == {"connection"}


def test_given_alerts_for_a_sink_nobody_configured_when_started_then_it_is_said_once(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.store("a", sinks=("ghost",))

    with (
        caplog.at_level(logging.WARNING),
        office.running(office.deliver(ScriptedSink("hook", [Delivered()]))),
    ):
        wait_for(lambda: office.count("wirewatch_outbox_pending", sink="ghost") == 1)

    said = [
        record
        for record in caplog.records
        if record.message == "alerts wait for a sink that is not configured"
    ]
    assert [record.__dict__["sink"] for record in said] == ["ghost"]


def read_to_the_end(reading: int, stream: TextIO) -> None:
    """Let the thread that waits for the pipe go on, and close both ends."""
    with os.fdopen(reading, "rb") as pipe:
        reader = threading.Thread(target=pipe.read)
        reader.start()
        for thread in threading.enumerate():
            if thread.name == "sink-stuck":
                thread.join(timeout=20)
        stream.close()
        reader.join(timeout=20)


def test_given_standard_output_that_nobody_reads_when_stopped_then_it_holds_up_nobody(office: Office) -> None:
    reading, writing = os.pipe()
    stream = os.fdopen(writing, "w", buffering=1)
    console = ConsoleSink("stuck", stream, block=False, color=False)
    other = ScriptedSink("hook")
    office.store(*(f"{number:03}" for number in range(400)), sinks=("stuck",))
    office.store("a")
    channels = [Channel(console, WEBHOOK, 300), Channel(other, WEBHOOK)]
    deliver = Deliver(channels, office.post, DeliverConfig(grace_s=0.05), is_only=True)

    with office.running(deliver):
        wait_for(lambda: office.count("wirewatch_delivery_send_seconds_count", sink="stuck") > 10)
        office.store("b")
        deliver.wake()
        wait_for(lambda: sorted(other.keys) == ["a-hook", "b-hook"])

    states = Counter((one.sink, one.state) for one in office.archive.outbox(limit=1_000))
    assert states["stuck", "pending"] > 0
    assert states["stuck", "pending"] + states["stuck", "delivered"] == 400
    read_to_the_end(reading, stream)
