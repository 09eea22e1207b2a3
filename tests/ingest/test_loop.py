import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.loop import LoopThread, in_own_thread
from ingest.polling.pace import PollingConfig
from ingest.polling.poll import Poller
from ingest.polling.schedule import Schedule
from ingest.sources.files import FilesSource, FilesSourceConfig
from stream.timing import utc_now
from tests.ingest.accepting import A
from tests.ingest.world import item, world

DEADLINE_S = 10.0


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    thread = LoopThread()
    thread.start()
    yield thread
    thread.stop()


def test_given_a_coroutine_when_called_from_another_thread_then_its_result_comes_back(
    loop: LoopThread,
) -> None:
    async def name() -> str:
        return threading.current_thread().name

    assert loop.call(name(), DEADLINE_S) == "ingest"


def test_given_work_that_never_ends_when_stopped_then_it_is_cancelled() -> None:
    cleaned_up = threading.Event()

    async def forever(begun: threading.Event) -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            cleaned_up.set()

    loop = LoopThread()
    loop.start()
    begun = threading.Event()
    future = loop.submit(forever(begun))
    assert begun.wait(DEADLINE_S)

    loop.stop()

    assert cleaned_up.is_set()
    assert future.cancelled()


def test_given_a_loop_never_started_when_stopped_then_nothing_is_left_open() -> None:
    LoopThread().stop()


def test_given_a_folder_and_a_push_when_all_runs_in_its_thread_then_both_reach_the_log(
    tmp_path: Path, loop: LoopThread
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.jsonl").write_text('{"title": "From a file", "text": "Body."}')
    os.utime(inbox / "a.jsonl", (1_700_000_000, 1_700_000_000))
    with world(tmp_path) as here:
        poller = Poller(here.intake, here.store, PollingConfig(), utc_now, here.poller._rng)
        schedule = Schedule(poller, PollingConfig(), here.metrics, utc_now)
        folder = FilesSource(FilesSourceConfig(id="inbox", path="inbox"), inbox, here.store)
        loop.call(schedule.start([folder], here.store.all_progress()), DEADLINE_S)

        report = loop.call(schedule.poll_now("inbox"), DEADLINE_S)
        loop.call(here.intake.accept([item("Pushed", url=A)], max_age=None, source_id="push"), DEADLINE_S)
        loop.call(schedule.stop(DEADLINE_S), DEADLINE_S)

        assert report.source == "inbox"
        assert sorted(event.title for event in here.events()) == ["From a file", "Pushed"]


def test_given_a_thread_that_hangs_when_stopped_then_it_is_left_behind(
    loop: LoopThread, caplog: pytest.LogCaptureFixture
) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        goes_on.wait(DEADLINE_S)

    loop.submit(asyncio.to_thread(hang))
    assert begun.wait(DEADLINE_S)

    loop.stop(0.05)

    assert "a thread hangs, ending without it" in caplog.text
    goes_on.set()


def test_given_work_in_a_thread_of_its_own_when_it_ends_then_its_result_or_its_error_comes_back(
    loop: LoopThread,
) -> None:
    def fail() -> None:
        raise ValueError("a bug")

    assert loop.call(in_own_thread(lambda: 7), DEADLINE_S) == 7
    with pytest.raises(ValueError, match="a bug"):
        loop.call(in_own_thread(fail), DEADLINE_S)


def test_given_work_in_a_thread_of_its_own_that_hangs_when_cancelled_then_nobody_waits_for_it(
    loop: LoopThread,
) -> None:
    begun, goes_on, ended = threading.Event(), threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        goes_on.wait(DEADLINE_S)
        ended.set()

    waiting = loop.submit(in_own_thread(hang))
    assert begun.wait(DEADLINE_S)
    waiting.cancel()
    loop.stop()

    assert not ended.is_set()
    goes_on.set()
    assert ended.wait(DEADLINE_S)
