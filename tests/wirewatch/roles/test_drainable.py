import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ingest.loop import LoopThread
from ingest.outcome import TryLater
from tests.support.waiting import wait_for
from wirewatch.roles.drainable import DrainableCalls

LATER = TryLater("stopping", 5.0)


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    thread = LoopThread()
    thread.start()
    yield thread
    thread.stop()


async def answer() -> int:
    return 42


def test_given_a_loop_that_runs_when_called_then_the_result_comes(loop: LoopThread) -> None:
    calls: DrainableCalls[int] = DrainableCalls(loop)

    assert asyncio.run(calls.run(answer)) == 42


def test_given_closed_calls_when_called_then_it_is_to_come_again_and_nothing_was_begun(
    loop: LoopThread,
) -> None:
    calls: DrainableCalls[int] = DrainableCalls(loop)
    begun: list[int] = []

    calls.close(1)

    assert asyncio.run(calls.run(lambda: begun.append(1) or answer())) == LATER  # type: ignore[func-returns-value]
    assert begun == []


def test_given_a_call_under_way_when_closed_then_it_has_time_to_end(loop: LoopThread) -> None:
    calls: DrainableCalls[int] = DrainableCalls(loop)
    begun, may_end = threading.Event(), threading.Event()

    async def slow() -> int:
        begun.set()
        await asyncio.to_thread(may_end.wait)
        return 7

    with ThreadPoolExecutor(2) as threads:
        called = threads.submit(asyncio.run, calls.run(slow))
        assert begun.wait(20)
        closing = threads.submit(calls.close, 20)
        may_end.set()

        assert called.result(20) == 7
        closing.result(20)


def test_given_a_call_that_does_not_end_when_closed_then_it_is_cancelled_and_to_come_again(
    loop: LoopThread,
) -> None:
    calls: DrainableCalls[int] = DrainableCalls(loop)
    begun, ended = threading.Event(), threading.Event()

    async def endless() -> int:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 0

    with ThreadPoolExecutor(1) as threads:
        called = threads.submit(asyncio.run, calls.run(endless))
        assert begun.wait(20)

        calls.close(0.01)

        assert called.result(20) == LATER
        wait_for(ended.is_set)


def test_given_a_loop_that_has_ended_when_called_then_no_coroutine_is_left_over(
    recwarn: pytest.WarningsRecorder,
) -> None:
    loop = LoopThread()
    loop.start()
    loop.stop()

    with pytest.raises(RuntimeError):
        loop.submit(answer())

    assert [str(one.message) for one in recwarn] == []
