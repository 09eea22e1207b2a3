"""Deliverers over one database, started and stopped."""

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry

from alerts.batch import Batch, NewAlert
from alerts.deliver import Deliver, DeliverConfig
from alerts.lane import Channel, Post
from alerts.metrics import AlertMetrics
from alerts.outbox import Outbox
from alerts.schedule import WEBHOOK
from alerts.store.archive import Archive
from alerts.store.database import Database
from alerts.store.ledger import Ledger
from alerts.store.sink_states import SinkStates
from stream.timing import Clock
from tests.support.alerting import make_alert, make_event
from tests.support.sinks import ScriptedSink


class Office:
    """A deliverer over a real outbox, which can be stopped, can die, and can be started again."""

    def __init__(
        self, database: Database, clock: Clock, elapsed_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.database = database
        self.clock = clock
        self.registry = CollectorRegistry()
        states = SinkStates(database)
        metrics = AlertMetrics(self.registry)
        self.post = Post(Outbox(database), states, metrics, clock, random.Random(1), elapsed_s)
        self.archive = Archive(database)

    def store(self, *names: str, sinks: tuple[str, ...] = ("hook",)) -> None:
        alerts = tuple(
            NewAlert(make_alert(make_event(name)), tuple((f"{name}-{sink}", sink) for sink in sinks))
            for name in names
        )
        Ledger(self.database, "alerts", "articles").commit(Batch(alerts=alerts), {}, {}, self.clock())

    def deliver(self, *sinks: ScriptedSink, grace_s: float = 5.0, concurrency: int = 1) -> Deliver:
        channels = [Channel(sink, WEBHOOK, concurrency) for sink in sinks]
        return Deliver(channels, self.post, DeliverConfig(grace_s=grace_s), is_only=True)

    @contextlib.contextmanager
    def running(self, deliver: Deliver) -> Iterator[Deliver]:
        thread = threading.Thread(target=deliver.run)
        thread.start()
        try:
            yield deliver
        finally:
            deliver.stop()
            thread.join(timeout=30)
        assert not thread.is_alive()

    def states(self) -> Counter[str]:
        return Counter(delivery.state for delivery in self.archive.outbox(limit=10_000))

    def count(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0
