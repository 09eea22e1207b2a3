import asyncio
import threading
from functools import partial

import pytest

from alerts.sinks.own_thread import OwnThread


def test_given_calls_when_run_then_they_run_in_order_in_one_other_thread() -> None:
    done: list[tuple[int, int]] = []

    def note(number: int) -> None:
        done.append((number, threading.get_ident()))

    async def run() -> None:
        thread = OwnThread("test")
        calls = [partial(note, number) for number in range(20)]
        await asyncio.gather(*map(thread.run, calls))
        thread.close()

    asyncio.run(run())

    assert [number for number, _ in done] == list(range(20))
    assert len({ident for _, ident in done} - {threading.get_ident()}) == 1


def test_given_a_call_that_raises_when_run_then_it_is_raised_here() -> None:
    def fail() -> None:
        raise OSError("no")

    async def run() -> None:
        thread = OwnThread("test")
        try:
            await thread.run(fail)
        finally:
            thread.close()

    with pytest.raises(OSError, match="no"):
        asyncio.run(run())


def test_given_a_call_that_blocks_when_cancelled_then_those_behind_it_never_begin() -> None:
    gate, begun = threading.Event(), threading.Event()
    ran: list[str] = []

    def block() -> None:
        begun.set()
        gate.wait(timeout=20)

    async def run() -> None:
        thread = OwnThread("test")
        first = asyncio.create_task(thread.run(block))
        second = asyncio.create_task(thread.run(lambda: ran.append("second")))
        await asyncio.to_thread(begun.wait, 20)
        for task in (first, second):
            task.cancel()
        await asyncio.wait([first, second])
        gate.set()
        await thread.run(lambda: ran.append("third"))
        thread.close()

    asyncio.run(run())

    assert ran == ["third"]
