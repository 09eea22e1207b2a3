"""A process that takes over: started at a low priority, and rehearsed before anybody needs it."""

import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ingest.workers.handle import WorkerHandle
from ingest.workers.process import Call
from ingest.workers.successor import Successor
from tests.ingest import worker_calls
from tests.support.waiting import wait_for

COUNT = pickle.dumps(Call(worker_calls.count_calls, ()))


@contextmanager
def started(initialise: Callable[[], object], *, gently: bool = True) -> Iterator[WorkerHandle]:
    handle = WorkerHandle(initialise, memory_mb=1024, name="successor", gently=gently)
    try:
        yield handle
    finally:
        handle.kill()


def test_given_calls_to_rehearse_when_a_successor_is_warm_then_it_has_done_them_all() -> None:
    with started(worker_calls.nice) as handle:
        successor = Successor(handle, [COUNT] * 3)

        wait_for(successor.is_warm)

        assert handle.ask(COUNT, 10).value == 4


def test_given_a_rehearsal_under_way_when_the_successor_is_needed_then_its_answer_is_no_other_calls() -> None:
    with started(worker_calls.nice) as handle:
        successor = Successor(handle, [COUNT] * 3)
        wait_for(lambda: successor.is_warm() or len(successor._rehearsals) == 2)

        successor.finish(10)

        assert handle.ask(COUNT, 10).value == 2


def test_given_a_gentle_start_when_ready_then_only_the_start_had_a_low_priority() -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    asked = pickle.dumps(Call(worker_calls.nice_at_start_and_now, (), with_context=True))

    with started(worker_calls.nice) as handle:
        handle.wait_until_ready(30)

        assert handle.ask(asked, 10).value == (10, ours)


def test_given_a_start_that_somebody_waits_for_when_ready_then_it_had_our_priority() -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    asked = pickle.dumps(Call(worker_calls.nice_at_start_and_now, (), with_context=True))

    with started(worker_calls.nice, gently=False) as handle:
        handle.wait_until_ready(30)

        assert handle.ask(asked, 10).value == (ours, ours)
