import asyncio
import random
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.health import Health, health
from ingest.item import Rejected
from ingest.polling.pace import PollingConfig
from ingest.polling.poll import Poller
from ingest.polling.report import PollReport
from ingest.progress import Tally
from ingest.sources import PollFailed, PollOutcome, SourceGone, Unchanged
from stream.errors import LogFullError
from tests.ingest.accepting import FullLog
from tests.ingest.scripted import ScriptedSource, polled
from tests.ingest.world import START, World, item, world

A, B = "https://example.org/a", "https://example.org/b"


def poll(here: World, source: ScriptedSource) -> PollReport:
    return asyncio.run(here.poller.poll(source))


def pause_s(here: World, report: PollReport) -> float:
    assert report.due_at is not None
    return (report.due_at - here.clock()).total_seconds()


def test_given_news_when_polled_then_events_cursor_and_progress_are_stored_together(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        broken = Rejected("invalid", "entry 2 has no link", "wire", "entry 2")
        source = ScriptedSource(script=[polled(item("One", url=A), rejected=(broken,), etag="7")])

        report = poll(here, source)

        progress = here.store.progress("wire")
        assert (report.end, report.tally) == ("changed", Tally(new=1, rejected={"invalid": 1}))
        assert [event.title for event in here.events()] == ["One"]
        assert progress.cursor == {"etag": "7"}
        assert progress.succeeded_at == progress.new_item_at == START
        assert progress.due_at == report.due_at
        assert 900 <= pause_s(here, report) <= 990


def test_given_a_stored_cursor_when_polled_then_the_source_gets_it_back(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        source = ScriptedSource(script=[polled(etag="a"), Unchanged({"etag": "b"}), Unchanged({"etag": "b"})])

        for _ in range(3):
            poll(here, source)

        assert source.cursors == [{}, {"etag": "a"}, {"etag": "b"}]


def test_given_a_feed_served_again_when_polled_then_there_are_no_events_and_the_interval_grows(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        source = ScriptedSource(script=[polled(item("One", url=A))])

        reports = [poll(here, source) for _ in range(6)]

        assert [report.end for report in reports] == ["changed"] + ["unchanged"] * 5
        assert len(here.events()) == 1
        assert 3_600 <= pause_s(here, reports[-1]) <= 3_960
        assert here.store.progress("wire").interval_s == 3_600


def test_given_failures_when_polled_then_pauses_grow_the_cursor_stays_and_success_ends_it(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        down = PollFailed("dns", "no such host")
        source = ScriptedSource(script=[polled(etag="7"), down, down, down, Unchanged({"etag": "7"})])
        poll(here, source)

        reports = [poll(here, source) for _ in range(3)]
        failing = here.store.progress("wire")
        poll(here, source)

        assert [round(pause_s(here, report) / 60) for report in reports] == pytest.approx(
            [1, 16, 60], rel=0.11
        )
        assert (failing.failures, failing.reason, failing.cursor) == (3, "dns", {"etag": "7"})
        assert here.store.progress("wire").failures == 0


def test_given_a_retry_after_when_polled_then_it_is_honoured_and_reported_for_the_host(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        source = ScriptedSource(script=[PollFailed("http_429", "slow down", retry_after_s=1_200.0)])

        report = poll(here, source)

        assert report.asked_pause_s == 1_200
        assert 1_200 <= pause_s(here, report) <= 1_320


def test_given_a_source_that_is_gone_when_polled_then_it_is_not_due_and_not_silent_about_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with world(tmp_path) as here:
        report = poll(here, ScriptedSource(script=[SourceGone("HTTP 410")]))

        assert (report.end, report.due_at) == ("gone", None)
        assert here.store.progress("wire").is_gone
        assert "source is gone" in caplog.text


def test_given_a_gone_source_when_it_answers_after_all_then_it_is_back(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        source = ScriptedSource(script=[SourceGone("HTTP 410"), polled(item("One", url=A))])
        poll(here, source)

        report = poll(here, source)

        assert report.due_at is not None
        assert not here.store.progress("wire").is_gone


def test_given_no_room_when_polled_then_the_source_is_not_blamed_and_nothing_has_moved(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        log, here.store._log = here.store._log, FullLog()
        source = ScriptedSource(script=[polled(item("One", url=A), etag="7")])

        refused = poll(here, source)
        progress = here.store.progress("wire")
        here.store._log = log
        report = poll(here, source)

        assert (refused.end, refused.reason, pause_s(here, refused)) == ("not_taken", "full", 10)
        assert (progress.failures, progress.cursor) == (0, {})
        assert report.end == "changed"


def test_given_a_source_that_cannot_write_its_notes_when_polled_then_it_is_tried_later(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        report = poll(here, ScriptedSource(script=[LogFullError("no room")]))

        assert (report.end, report.reason) == ("not_taken", "full")


def test_given_a_source_that_never_answers_when_polled_then_the_deadline_makes_it_a_failure(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        config = PollingConfig().model_copy(update={"poll_deadline_s": 0.01})
        poller = Poller(here.intake, here.store, config, here.clock, random.Random(7))
        source = ScriptedSource(script=[polled()])
        source.go_on.clear()

        report = asyncio.run(poller.poll(source))

        assert (report.end, report.reason) == ("failed", "timeout")


def test_given_a_server_whose_answer_is_stale_at_once_when_polled_then_it_is_not_hammered(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        report = poll(here, ScriptedSource(script=[polled(item("One", url=A), after_s=0.0)]))

        assert pause_s(here, report) >= 900


def test_given_a_folder_with_more_when_polled_then_it_is_due_at_once_and_later_at_its_own_pace(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        script: list[PollOutcome | Exception] = [
            polled(item("One", url=A), after_s=0.0),
            Unchanged({"etag": "1"}, 0.001),
        ]
        folder = ScriptedSource("inbox", script, host=None, interval_s=2.0)

        reports = [poll(here, folder) for _ in range(4)]

        assert [pause_s(here, report) for report in reports] == [0, 2, 2, 2]


def test_given_a_folder_that_rests_when_polled_then_the_disk_rests_too_but_not_for_ever(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        folder = ScriptedSource("inbox", [Unchanged({})], host=None, interval_s=2.0)
        poll(here, folder)
        before = here.database.commits

        for _ in range(29):
            here.clock.step(seconds=2)
            poll(here, folder)
        resting = here.database.commits
        here.clock.step(seconds=2)
        poll(here, folder)

        assert (resting - before, here.database.commits - before) == (0, 1)


def test_given_a_missing_folder_when_polled_then_it_is_looked_for_again_within_a_minute(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        folder = ScriptedSource("inbox", [PollFailed("missing", "no such folder")], host=None, interval_s=2.0)

        pauses = [pause_s(here, poll(here, folder)) for _ in range(5)]

        assert pauses == [2, 32, 60, 60, 60]


def test_given_a_bug_when_noted_then_the_source_fails_with_that_reason_and_is_tried_again(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        source = ScriptedSource()

        report = asyncio.run(here.poller.crashed(source, ZeroDivisionError("by zero")))

        assert (report.end, report.reason) == ("crashed", "bug")
        assert report.due_at is not None
        assert report.due_at > START + timedelta(seconds=59)
        assert here.store.progress("wire").detail == "ZeroDivisionError: by zero"


def test_given_a_canary_that_is_not_reached_when_polled_then_it_is_not_blamed(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        source = ScriptedSource(script=[polled(etag="7"), PollFailed("dns", "no such host")])
        poll(here, source)
        before = here.store.progress("wire")

        report = asyncio.run(here.poller.poll(source, is_canary=True))

        assert (report.end, report.reason) == ("failed", "dns")
        assert here.store.progress("wire") == before


def test_given_a_host_that_wants_a_pause_when_stored_then_health_says_so_until_the_next_answer(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        source = ScriptedSource(script=[polled(item("One", url=A))])
        poll(here, source)

        detail = "busy.example asked for a pause until 10:30 UTC"
        asyncio.run(here.poller.hold("wire", START + timedelta(hours=1), detail))
        held = health(here.store.progress("wire"), here.clock())
        poll(here, source)

        assert held == Health("ok", "waits: busy.example asked for a pause until 10:30 UTC")
        assert "waits" not in health(here.store.progress("wire"), here.clock()).sentence
