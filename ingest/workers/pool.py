"""Processes for work that crashes, hangs or swells: extraction, and the parsing of feeds.

Each of `size` threads owns one process and speaks to it over a pipe, so that a loss names its call: only
that one is repeated, alone in a new process, and given up when it is lost again. Processes and not threads,
because trafilatura in threads ends the whole process (adbar/trafilatura#925).

A call that takes longer than `first_try_s` is moved to a process that only works on such, where it has the
rest of its time; the others are read meanwhile.
"""

import asyncio
import logging
import os
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar, TypeVarTuple, cast

from pydantic import BaseModel, ConfigDict, Field

from ingest.item import RawItem, Rejected
from ingest.normalise import Annotate, normalise, normalise_safely
from ingest.workers.handle import LossReason, WorkerHandle, WorkerLostError
from ingest.workers.process import Answer, Call
from ingest.workers.slot import WorkerSlot
from ingest.workers.suspects import SuspectError, Suspects
from stream.errors import StreamError
from stream.event import ArticleEvent
from stream.timing import utc_now

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Outcome = ArticleEvent | Rejected

_TRIES = 2
_BATCH_ITEMS = 32
_LIGHT_CHARS = 20_000

logger = logging.getLogger(__name__)


class WorkersConfig(BaseModel):
    """The `workers` section of the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int | None = Field(default=None, ge=1, le=256, description="processes; default: cores less one")
    item_timeout_s: float = Field(default=20.0, gt=0, le=600, description="then an item's process is killed")
    first_try_s: float = Field(
        default=3.0, gt=0, le=600, description="then a call is moved to the process for slow ones"
    )
    start_timeout_s: float = Field(default=60.0, gt=0, le=600)
    max_calls: int = Field(default=1000, ge=1, le=10**9, description="then a process makes way for a new one")
    memory_mb: int | None = Field(
        default=2048, ge=256, le=1 << 24, description="address space each; null: no limit"
    )

    @property
    def processes(self) -> int:
        """How many processes there are at most."""
        return self.size or max(1, (os.cpu_count() or 1) - 1)


class WorkersClosedError(StreamError):
    """The pool was closed before the call was answered; it may have run."""


class Workers:
    """A pool of processes, each started by the first call that needs it.

    `initialise` is a picklable function that builds the annotator, once a process. `on_loss` hears of every
    process lost (for a metric), on the event loop. Use from one event loop; `close` when done.
    """

    def __init__(
        self,
        initialise: Callable[[], Annotate],
        config: WorkersConfig,
        *,
        on_loss: Callable[[LossReason], None] = lambda reason: None,  # noqa: ARG005 - nobody listens
    ) -> None:
        self._initialise = initialise
        self._config = config
        self._on_loss = on_loss
        self._threads = ThreadPoolExecutor(config.processes, thread_name_prefix="worker")
        self._slow_thread = ThreadPoolExecutor(1, thread_name_prefix="slow-worker")
        self._suspects = Suspects(config.first_try_s)
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._handles: set[WorkerHandle] = set()
        self._pending: set[Future[Answer]] = set()
        self._is_closed = False
        self._is_killing = False
        self.is_warm = False  # whether a process has been ready for calls

    async def warm_up(self) -> None:
        """Start a process now, so that no call has to wait for the first; raises as `run` does."""
        await self.run(os.getpid, timeout_s=self._config.start_timeout_s)

    async def run(self, function: Callable[[*Ts], T], *args: *Ts, timeout_s: float | None = None) -> T:
        """Call a module-level function in a process; arguments and result are pickled.

        Raises what the function raised; WorkerLostError when two processes in turn died of it, or when it
        had to be killed after `timeout_s` (default: the item's) in the process for slow calls;
        WorkerStartError when `initialise` raised; WorkersClosedError once the pool is closed.
        """
        call = Call(function, args)
        answer = await self._ask(call, timeout_s or self._config.item_timeout_s, tries=_TRIES)
        return cast("T", _value(answer))

    async def normalise(self, items: Sequence[RawItem], *, quick: bool = False) -> list[Outcome]:
        """Normalise all items, outcomes in their order; an item that cannot be done is Rejected, none lost.

        Light items (no page to extract) travel in batches. Raises WorkerStartError and
        WorkersClosedError like `run`.
        """
        batches = [self._settle(batch, quick=quick) for batch in _batches(items)]
        if len(batches) == 1:
            return await batches[0]
        return [outcome for outcomes in await asyncio.gather(*batches) for outcome in outcomes]

    async def close(self, timeout_s: float = 5.0) -> None:
        """Give calls that run `timeout_s` to finish, drop those that wait, and end all processes."""
        self._is_closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._slow_thread.shutdown(wait=False, cancel_futures=True)
        # A copy in one step: pool threads take their futures out as they finish.
        running = [asyncio.wrap_future(future) for future in tuple(self._pending) if not future.cancelled()]
        if running:
            await asyncio.wait(running, timeout=timeout_s)
        with self._lock:
            self._is_killing = True
            handles = list(self._handles)
        for handle in handles:
            handle.interrupt()
        await asyncio.gather(*running, return_exceptions=True)
        for handle in handles:
            handle.kill()

    async def _settle(
        self, batch: Sequence[RawItem], *, quick: bool, tries: int | None = None
    ) -> list[Outcome]:
        call = Call(normalise_batch, (batch, quick), with_context=True)
        try:
            answer = await self._ask(
                call,
                self._config.item_timeout_s,
                tries or (1 if len(batch) > 1 else _TRIES),
                source=batch[0].source if len(batch) == 1 else "",
                is_batch=len(batch) > 1,
            )
        except WorkerLostError as lost:
            if len(batch) == 1:
                return [Rejected("extraction_failed", str(lost), batch[0].source, batch[0].locator)]
        else:
            return cast("list[Outcome]", _value(answer))
        # One of them took the process with it: each by itself, once.
        alone = [await self._settle([item], quick=quick, tries=1) for item in batch]
        return [outcome for outcomes in alone for outcome in outcomes]

    async def _ask(
        self, call: Call, timeout_s: float, tries: int, *, source: str = "", is_batch: bool = False
    ) -> Answer:
        """The answer of the first try whose process outlives it, else the last WorkerLostError.

        What runs out of its first time goes to the slow process; of a batch, each item by itself.
        """
        data = pickle.dumps(call, pickle.HIGHEST_PROTOCOL)
        first_s = min(timeout_s, self._config.first_try_s)
        for left in reversed(range(tries)):
            try:
                ask = partial(self._suspects.ask_first, self._ask_mine, source)
                return await self._submit(self._threads, ask, data, first_s)
            except SuspectError:
                return await self._ask_slowly(data, timeout_s, source)
            except WorkerLostError as lost:
                self._note_loss(lost, left)
                if lost.reason == "timeout" and first_s < timeout_s and not is_batch:
                    self._suspects.accuse(source)
                    return await self._ask_slowly(data, timeout_s, source)
                if not left:
                    raise
        raise AssertionError("a call is tried at least once")

    async def _ask_slowly(self, data: bytes, timeout_s: float, source: str) -> Answer:
        """Ask the process for slow calls, within the budget that the source has left."""
        ask = partial(self._suspects.ask, self._ask_mine, source)
        try:
            return await self._submit(self._slow_thread, ask, data, timeout_s)
        except WorkerLostError as lost:
            self._note_loss(lost, 0)
            raise

    def _note_loss(self, lost: WorkerLostError, left: int) -> None:
        if self._is_closed:
            raise WorkersClosedError("closed while the call ran") from lost
        self._on_loss(lost.reason)
        logger.warning("worker lost", extra={"reason": lost.reason, "tries_left": left})

    async def _submit(
        self,
        threads: ThreadPoolExecutor,
        ask: Callable[[bytes, float], Answer],
        data: bytes,
        timeout_s: float,
    ) -> Answer:
        if self._is_closed:
            raise WorkersClosedError("the pool is closed")
        future = threads.submit(ask, data, timeout_s)
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if self._is_closed and future.cancelled():
                raise WorkersClosedError("closed before the call ran") from None
            raise

    def _ask_mine(self, data: bytes, timeout_s: float) -> Answer:
        """On a pool thread: ask this thread's own process."""
        slot: WorkerSlot | None = getattr(self._mine, "slot", None)
        if slot is None:
            config = self._config
            slot = self._mine.slot = WorkerSlot(
                self._start,
                self._forget,
                max_calls=config.max_calls,
                start_timeout_s=config.start_timeout_s,
            )
        answer = slot.ask(data, timeout_s)
        self.is_warm = True
        return answer

    def _start(self, *, gently: bool) -> WorkerHandle:
        name = threading.current_thread().name
        with self._lock:
            if self._is_killing:
                raise WorkersClosedError("closed before the call ran")
            handle = WorkerHandle(
                partial(_warmed_up, self._initialise),
                memory_mb=self._config.memory_mb,
                name=name,
                gently=gently,
            )
            self._handles.add(handle)
        return handle

    def _forget(self, handle: WorkerHandle) -> None:
        with self._lock:
            self._handles.discard(handle)


def normalise_batch(annotate: Annotate, items: Sequence[RawItem], quick: bool) -> list[Outcome]:
    """Normalise in this process, in order; the part of `Workers.normalise` that runs in a worker."""
    return [normalise_safely(item, annotate, quick=quick) for item in items]


def _warmed_up(initialise: Callable[[], Annotate]) -> Annotate:
    """The annotator, once a page has gone all the way: no item's deadline pays for imports and models."""
    annotate = initialise()
    page = b"<!doctype html><html><body><p>The first page of a new process is this one.</p></body></html>"
    normalise(RawItem(source="", found_at=utc_now(), html=page), annotate)
    return annotate


def _batches(items: Sequence[RawItem]) -> Iterator[list[RawItem]]:
    """Neighbouring light items together, each heavy one by itself, in order."""
    light: list[RawItem] = []
    for item in items:
        if light and (len(light) == _BATCH_ITEMS or not _is_light(item)):
            yield light
            light = []
        if _is_light(item):
            light.append(item)
        else:
            yield [item]
    if light:
        yield light


def _is_light(item: RawItem) -> bool:
    bodies = (item.html, item.page_text, item.text, item.summary)
    return not isinstance(item.html, bytes) and sum(len(body or "") for body in bodies) <= _LIGHT_CHARS


def _value(answer: Answer) -> object:
    if answer.error is not None:
        raise answer.error
    return answer.value
