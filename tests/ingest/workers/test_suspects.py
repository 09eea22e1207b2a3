"""Slow items are worked on apart: the others are read meanwhile."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from ingest.item import RawItem, Rejected
from ingest.workers.handle import LossReason, WorkerLostError, WorkerTimeoutError
from ingest.workers.pool import Workers, WorkersConfig
from ingest.workers.process import Answer
from ingest.workers.suspects import SuspectError, Suspects
from stream.event import ArticleEvent
from tests.ingest import worker_calls
from tests.ingest.pages import FOUND_AT, news_page

T = TypeVar("T")
ONE = WorkersConfig(size=1, item_timeout_s=6.0, first_try_s=0.5)


def run(main: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(main, 60))


def page(title: str, source: str = "s") -> RawItem:
    return RawItem(
        source=source, found_at=FOUND_AT, title=title, html=news_page(title).encode(), locator=title
    )


def test_given_a_page_that_hangs_when_worked_on_then_other_pages_are_read_by_the_one_worker_meanwhile() -> (
    None
):
    async def main() -> tuple[list[ArticleEvent | Rejected], bool, list[ArticleEvent | Rejected]]:
        workers = Workers(worker_calls.annotator, ONE)
        try:
            await workers.normalise([page("Warm")])
            hostile = asyncio.create_task(workers.normalise([page("SPIN", "evil")]))
            await asyncio.sleep(0)
            read = await workers.normalise([page(f"Page {number}") for number in range(20)])
            return read, hostile.done(), await hostile
        finally:
            await workers.close()

    read, was_done, given_up = run(main())

    assert [type(one) for one in read] == [ArticleEvent] * 20
    assert not was_done
    assert given_up == [Rejected("extraction_failed", "timeout: killed after 6 s of work", "evil", "SPIN")]


def test_given_many_hostile_pages_of_one_source_when_read_then_other_sources_do_not_wait_for_each() -> None:
    lost: list[LossReason] = []

    async def main() -> tuple[int, list[ArticleEvent | Rejected]]:
        workers = Workers(worker_calls.annotator, ONE, on_loss=lost.append)
        try:
            await workers.normalise([page("Warm")])
            hostile = asyncio.create_task(workers.normalise([page("SPIN", "evil")] * 30))
            await asyncio.sleep(0)
            read = await workers.normalise([page("Behind them")])
            return len(lost), read
        finally:
            await workers.close(timeout_s=0.1)
            await asyncio.gather(hostile, return_exceptions=True)

    losses, read = run(main())

    assert isinstance(read[0], ArticleEvent)
    assert losses <= 3


def test_given_a_batch_with_an_item_that_hangs_when_read_then_only_that_item_is_rejected() -> None:
    async def main() -> list[ArticleEvent | Rejected]:
        workers = Workers(worker_calls.annotator, WorkersConfig(size=1, item_timeout_s=2.0, first_try_s=0.5))
        try:
            light = [replace(page(title), html=None, text="text") for title in ("One", "SPIN", "Two")]
            return await workers.normalise(light)
        finally:
            await workers.close()

    outcomes = run(main())

    assert [isinstance(one, ArticleEvent) for one in outcomes] == [True, False, True]


def test_given_a_call_without_a_source_when_it_takes_all_its_time_then_that_is_a_timeout() -> None:
    async def main() -> None:
        workers = Workers(worker_calls.annotator, ONE)
        try:
            await workers.run(worker_calls.spin, timeout_s=1.0)
        finally:
            await workers.close()

    with pytest.raises(TimeoutError, match="killed after 1 s of work"):
        run(main())


def hang(_data: bytes, timeout_s: float) -> Answer:
    raise WorkerTimeoutError(f"after {timeout_s:g}")


def test_given_a_source_that_keeps_hanging_when_asked_again_then_its_budget_halves_down_to_a_first_try() -> (
    None
):
    suspects = Suspects(first_try_s=3.0)
    budgets = []

    for _ in range(5):
        with pytest.raises(WorkerLostError) as lost:
            suspects.ask(hang, "evil", b"", 20.0)
        budgets.append(str(lost.value))

    assert [text.split()[3] for text in budgets] == ["20", "10", "5", "3", "3"]


def test_given_a_suspect_when_its_call_is_answered_in_time_then_it_is_none_any_more() -> None:
    suspects = Suspects(first_try_s=3.0)
    suspects.accuse("slow once")

    with pytest.raises(SuspectError):
        suspects.ask_first(lambda _data, _timeout_s: Answer(1), "slow once", b"", 3.0)
    suspects.ask(lambda _data, _timeout_s: Answer(2), "slow once", b"", 20.0)
    answer = suspects.ask_first(lambda _data, _timeout_s: Answer(3), "slow once", b"", 3.0)

    assert answer.value == 3
