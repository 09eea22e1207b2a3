import logging
import os
import threading
from collections import Counter
from typing import TextIO

import pytest
import sqlalchemy as sa

from alerts.deliver import Deliver, DeliverConfig
from alerts.lane import Channel
from alerts.outbox import LEASE
from alerts.schedule import WEBHOOK
from alerts.sinks import Delivered
from alerts.sinks.console import ConsoleSink
from alerts.store.database import Database
from tests.alerts.office import Office
from tests.support.alerting import SteppedClock
from tests.support.crashing import Crash, crash_at
from tests.support.sinks import HangingSink, ScriptedSink
from tests.support.waiting import wait_for


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
