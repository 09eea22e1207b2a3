import asyncio
import multiprocessing
import os
import select
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from ingest.item import RawItem, Rejected
from ingest.workers.handle import LossReason, WorkerLostError, WorkerStartError
from ingest.workers.pool import Workers, WorkersClosedError, WorkersConfig
from stream.event import ArticleEvent
from tests.ingest import worker_calls
from tests.ingest.pages import FOUND_AT, news_page

T = TypeVar("T")
FAST = WorkersConfig(size=2, item_timeout_s=10)
SHORT_S = 2.0


@asynccontextmanager
async def pool(
    config: WorkersConfig = FAST, on_loss: Callable[[LossReason], None] = lambda _: None
) -> AsyncIterator[Workers]:
    workers = Workers(worker_calls.annotator, config, on_loss=on_loss)
    try:
        yield workers
    finally:
        await workers.close()


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    return asyncio.run(asyncio.wait_for(main(), 60))


def texts(*titles: str) -> list[RawItem]:
    return [
        RawItem(source="push", found_at=FOUND_AT, title=title, text="text", locator=title) for title in titles
    ]


def shown(outcomes: list[ArticleEvent | Rejected]) -> list[str]:
    return [
        each.title if isinstance(each, ArticleEvent) else f"{each.reason} {each.locator}" for each in outcomes
    ]


def test_given_heavy_and_light_items_when_normalised_then_all_outcomes_come_in_order() -> None:
    titles = [f"Item number {i}" for i in range(45)]
    items = [
        RawItem(source="s", found_at=FOUND_AT, html=news_page(title).encode())
        if i % 9 == 4
        else texts(title)[0]
        for i, title in enumerate(titles)
    ]

    async def main() -> list[ArticleEvent | Rejected]:
        async with pool() as workers:
            return await workers.normalise(items)

    assert shown(run(main)) == titles


def test_given_items_that_kill_hang_and_raise_when_normalised_then_only_they_are_rejected() -> None:
    lost: list[LossReason] = []
    config = WorkersConfig(size=2, item_timeout_s=SHORT_S)
    items = texts("one", "KILL", "two", "SPIN", "three", "RAISE", "four")

    async def main() -> list[ArticleEvent | Rejected]:
        async with pool(config, lost.append) as workers:
            return await workers.normalise(items)

    assert shown(run(main)) == [
        "one",
        "extraction_failed KILL",
        "two",
        "extraction_failed SPIN",
        "three",
        "extraction_failed RAISE",
        "four",
    ]
    # The batch dies once; then each guilty one once more, by itself.
    assert sorted(lost) == ["died", "died", "timeout"]


def test_given_a_page_whose_process_dies_when_normalised_then_the_pages_beside_it_are_not_lost() -> None:
    titles = ["Page one", "KILL", "Page two", "Page three"]
    items = [
        RawItem(source="s", found_at=FOUND_AT, title=title, html=news_page().encode()) for title in titles
    ]

    async def main() -> list[ArticleEvent | Rejected]:
        async with pool() as workers:
            return await workers.normalise(items)

    assert shown(run(main)) == ["Page one", "extraction_failed ", "Page two", "Page three"]


def test_given_a_function_when_run_then_its_result_or_its_error_comes_back() -> None:
    async def main() -> None:
        async with pool() as workers:
            assert await workers.run(worker_calls.add, 1, 2) == 3
            assert await workers.run(worker_calls.is_sigint_ignored)
            with pytest.raises(ZeroDivisionError):
                await workers.run(divmod, 1, 0)
            with pytest.raises(TypeError, match="does not travel"):
                await workers.run(worker_calls.unpicklable)
            assert await workers.run(worker_calls.add, 3, 4) == 7

    run(main)


def test_given_a_function_that_takes_its_process_along_when_run_then_it_is_tried_twice_and_named() -> None:
    lost: list[LossReason] = []

    async def main() -> None:
        async with pool(on_loss=lost.append) as workers:
            with pytest.raises(WorkerLostError) as died:
                await workers.run(worker_calls.die)
            with pytest.raises(WorkerLostError) as hung:
                await workers.run(worker_calls.spin, timeout_s=SHORT_S)
            assert (died.value.reason, hung.value.reason) == ("died", "timeout")
            assert await workers.run(worker_calls.add, 1, 1) == 2

    run(main)
    assert lost == ["died", "died", "timeout", "timeout"]


def test_given_a_memory_limit_when_a_call_swells_then_only_the_call_fails() -> None:
    async def main() -> None:
        async with pool(WorkersConfig(size=1, memory_mb=1024)) as workers:
            first = await workers.run(worker_calls.process_id)
            with pytest.raises(MemoryError):
                await workers.run(worker_calls.swell)
            assert await workers.run(worker_calls.process_id) == first

    run(main)


def test_given_a_number_of_calls_when_reached_then_the_old_process_answers_until_the_new_one_is_ready(
    tmp_path: Path,
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)

    async def main() -> list[int]:
        workers = Workers(partial(worker_calls.annotator_behind, gate), WorkersConfig(size=1, max_calls=2))
        opened = os.open(gate, os.O_RDWR)  # a reader waits for bytes; each process takes one
        os.write(opened, b"1")
        found = [await workers.run(worker_calls.process_id) for _ in range(10)]
        os.write(opened, b"2")
        found.append(await workers.run(worker_calls.process_id))
        await workers.close()
        os.close(opened)
        return found

    *before, after = run(main)
    assert len(set(before)) == 1
    assert after != before[0]


def test_given_a_successor_that_cannot_start_when_calls_come_then_the_old_process_goes_on_answering(
    tmp_path: Path,
) -> None:
    words = tmp_path / "words"
    words.touch()

    async def main() -> list[int]:
        workers = Workers(partial(worker_calls.annotator_of, words), WorkersConfig(size=1, max_calls=1))
        found = [await workers.run(worker_calls.process_id)]
        words.unlink()
        found += [await workers.run(worker_calls.process_id) for _ in range(4)]
        await workers.close()
        return found

    assert len(set(run(main))) == 1


def test_given_an_initialiser_that_raises_when_called_then_its_error_is_the_cause() -> None:
    async def main() -> None:
        workers = Workers(worker_calls.no_annotator, FAST)
        with pytest.raises(WorkerStartError) as failed:
            await workers.run(worker_calls.add, 1, 2)
        assert isinstance(failed.value.__cause__, FileNotFoundError)
        await workers.close()

    run(main)


def test_given_calls_that_run_and_wait_when_closed_then_it_is_prompt_and_no_process_stays() -> None:
    async def main() -> None:
        workers = Workers(worker_calls.annotator, WorkersConfig(size=1, item_timeout_s=600))
        process_id = await workers.run(worker_calls.process_id)
        calls = [asyncio.create_task(workers.run(worker_calls.spin)) for _ in range(3)]
        await asyncio.wait_for(workers.close(timeout_s=0.2), 10)
        outcomes = await asyncio.gather(*calls, return_exceptions=True)

        assert [type(each) for each in outcomes] == [WorkersClosedError] * 3
        with pytest.raises(ProcessLookupError):
            os.kill(process_id, 0)
        with pytest.raises(WorkersClosedError):
            await workers.run(worker_calls.add, 1, 2)

    run(main)


def test_given_a_pool_that_was_never_used_when_closed_then_nothing_was_started() -> None:
    before = multiprocessing.active_children()

    async def main() -> None:
        async with pool():
            pass

    run(main)
    assert multiprocessing.active_children() == before


def test_given_a_parent_that_is_killed_when_its_worker_never_returns_then_the_worker_ends_too() -> None:
    program = (
        "import asyncio\n"
        "from ingest.workers.pool import Workers, WorkersConfig\n"
        "from tests.ingest import worker_calls\n"
        "async def main():\n"
        "    workers = Workers(worker_calls.annotator, WorkersConfig(size=1, item_timeout_s=600))\n"
        "    print(await workers.run(worker_calls.process_id), flush=True)\n"
        "    await workers.run(worker_calls.spin)\n"
        "asyncio.run(main())\n"
    )
    root = Path(__file__).parents[3]
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=root, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = os.pidfd_open(int(parent.stdout.readline()))

    parent.kill()
    parent.communicate()

    ended, _, _ = select.select([worker], [], [], 10)
    os.close(worker)
    assert ended
