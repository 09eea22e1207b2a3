"""One matcher on one log."""

from prometheus_client import CollectorRegistry

from alerts.consume import Consume, ConsumeConfig, Rules
from alerts.metrics import AlertMetrics
from alerts.store.archive import Archive
from alerts.store.database import Database
from alerts.store.ledger import Ledger
from stream.event import ArticleEvent
from stream.log import Consumer
from stream.sqlite_log import SqliteLog
from tests.support.alerting import FixedRouter, SteppedClock, WordMatcher, make_event

CONFIG = ConsumeConfig(poll_timeout_s=0.01, max_records=3, first_pause_s=0.01)


class House:
    """One matcher on one log, which can die and be started again."""

    consumer: Consumer | None = None

    def __init__(self, log: SqliteLog, database: Database, clock: SteppedClock) -> None:
        self.log = log
        self.database = database
        self.clock = clock
        self.registry = CollectorRegistry()
        self.metrics = AlertMetrics(self.registry)
        self.rules = Rules(WordMatcher("Freedonia"), FixedRouter("desk", "hook"))
        self.archive = Archive(database)

    def start(self) -> Consume:
        if self.consumer is not None:
            self.consumer.close()  # commits nothing: to the log it is as if the process had died
        self.consumer = self.log.consumer("alerts")
        ledger = Ledger(self.database, "alerts", "articles")
        return Consume(self.consumer, ledger, self.rules, self.metrics, self.clock, CONFIG)

    def append(self, *events: ArticleEvent) -> None:
        self.log.producer().append(events)

    def titles(self) -> list[str]:
        return sorted(stored.alert.match.event.title for stored in self.archive.alerts(limit=1_000))

    def poison(self, offset: int) -> None:
        self.log._database.write(
            lambda connection: connection.execute(
                "UPDATE log_records SET value = x'00' WHERE offset = ?", (offset,)
            )
        )

    def count(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


def drain(consume: Consume) -> int:
    """Read to the end of the log; the first poll of a new assignment may be empty."""
    total = idle = 0
    while idle < 2:
        read = consume.step()
        total += read
        idle = 0 if read else idle + 1
    return total


def names(count: int) -> list[ArticleEvent]:
    return [make_event(f"{number:03}") for number in range(count)]
