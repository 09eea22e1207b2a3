"""The whole path in one process: a folder, the log, the rules, the outbox, a mailbox and a webhook.

The same objects that the service runs, driven step by step, so that a test can stop between any two.
"""

import asyncio
import random
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from prometheus_client import CollectorRegistry

from alerts.consume import Consume, ConsumeConfig, Rules
from alerts.deliver import Deliver, DeliverConfig
from alerts.lane import Channel, Post
from alerts.metrics import AlertMetrics
from alerts.store.ledger import Ledger
from ingest.age import DEFAULT_MAX_AGE, max_age_of
from ingest.annotating import load_annotate
from ingest.intake import Intake, IntakeConfig
from ingest.item import RawItem, Rejected
from ingest.metrics import IngestMetrics
from ingest.normalise import Annotate
from ingest.outcome import IntakeResult, TryLater
from ingest.polling.pace import PollingConfig
from ingest.polling.poll import Poller
from ingest.sources.files import FilesSource, FilesSourceConfig
from ingest.workers.pool import normalise_batch
from stream.event import ArticleEvent
from stream.net import NetPolicy
from tests.support.alerting import SteppedClock
from tests.support.daemon import Site
from tests.support.ledger import pending
from tests.support.waiting import wait_for
from wirewatch.live import LiveRules
from wirewatch.settings import Settings
from wirewatch.wiring.log import GROUP
from wirewatch.wiring.sinks import new_channel
from wirewatch.wiring.state import open_state

load = cache(load_annotate)  # tables that no test changes


class InProcess:
    """The real normaliser, without processes of its own."""

    def __init__(self, annotate: Annotate) -> None:
        self._annotate = annotate

    async def normalise(self, items: Sequence[RawItem]) -> list[ArticleEvent | Rejected]:
        return normalise_batch(self._annotate, items, quick=False)


class Line:
    """One process, as far as its state goes: opened on a site, and closed however it ended."""

    def __init__(self, site: Site, clock: SteppedClock) -> None:
        self._clock = clock
        self.registry = CollectorRegistry()
        self._ingest_metrics, self.metrics = IngestMetrics(self.registry), AlertMetrics(self.registry)
        self._settings = Settings(
            config_dir=site.config, state_dir=site.state, net=NetPolicy(allow=("127.0.0.0/8",))
        )
        self.state = open_state(self._settings, clock=clock)
        self.rules = LiveRules(site.config, self.metrics, clock())
        self._consumer = self.state.ingest.log.consumer(GROUP)
        ledger = Ledger(self.state.alerts.database, GROUP, "articles")
        rules, config = Rules(self.rules, self.rules), ConsumeConfig(poll_timeout_s=0.01)
        self.consume = Consume(self._consumer, ledger, rules, self.metrics, clock, config)
        self._state_dir = site.state
        self._inbox = site.folder / "inbox"

    def take(self, *items: RawItem) -> IntakeResult | TryLater:
        """Hand items over as a push does."""
        return asyncio.run(
            self._intake().accept(items, max_age=max_age_of(DEFAULT_MAX_AGE), source_id="push")
        )

    def poll(self) -> None:
        """Poll the folder until it has nothing new."""
        asyncio.run(self._poll())

    async def _poll(self) -> None:
        polling = PollingConfig()
        poller = Poller(self._intake(), self.state.ingest.store, polling, self._clock, random.Random(1))
        source = FilesSource(
            FilesSourceConfig(id="inbox", path="inbox"), self._inbox, self.state.ingest.store
        )
        while (await poller.poll(source)).tally.items_in:
            pass

    def match(self) -> None:
        """Read the log to its end."""
        while pending(self._state_dir)[0]:
            self.consume.step()

    def deliver(self, until_settled: Sequence[str]) -> None:
        """Deliver until nothing waits for these sinks."""
        delivering = self.deliverer()

        def is_done() -> bool:
            return not {backlog.sink for backlog in self.state.alerts.outbox.backlog()}.intersection(
                until_settled
            )

        with _running(delivering):
            wait_for(is_done)

    def deliverer(self) -> Deliver:
        """Something that delivers to the sinks in force."""
        post = Post(
            self.state.alerts.outbox,
            self.state.alerts.sink_states,
            self.metrics,
            self._clock,
            random.Random(1),
        )
        channels: list[Channel] = [
            new_channel(name, config, self._settings, self._clock)
            for name, config in self.rules.state.value.sinks.items()
        ]
        return Deliver(channels, post, DeliverConfig(grace_s=5.0), is_only=True)

    def count(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0

    def close(self) -> None:
        self._consumer.close()
        self.state.close()

    def _intake(self) -> Intake:
        normaliser = InProcess(load())
        return Intake(self.state.ingest.store, normaliser, IntakeConfig(), self._ingest_metrics, self._clock)


@contextmanager
def opened(site: Site, clock: SteppedClock) -> Iterator[Line]:
    """A line that is closed when the block ends."""
    line = Line(site, clock)
    try:
        yield line
    finally:
        line.close()


@contextmanager
def _running(deliver: Deliver) -> Iterator[None]:
    thread = threading.Thread(target=deliver.run)
    thread.start()
    try:
        yield
    finally:
        deliver.stop()
        thread.join(timeout=30)
    assert not thread.is_alive()


def link_in(text: str) -> str:
    """The article's address in a mail."""
    found = re.search(r"https://news\.example\.org/\S+", text)
    return found[0] if found else ""
