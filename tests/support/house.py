"""A matcher and a deliverer in a process to be killed: `python -m tests.support.house FOLDER`."""

import random
import sys
import threading
from pathlib import Path

from prometheus_client import CollectorRegistry

from alerts.consume import Consume, ConsumeConfig, Rules
from alerts.deliver import Deliver, DeliverConfig
from alerts.lane import Channel, Post
from alerts.metrics import AlertMetrics
from alerts.outbox import Outbox
from alerts.schedule import LOCAL
from alerts.sinks.file import FileSink
from alerts.store.database import open_sqlite
from alerts.store.ledger import Ledger
from alerts.store.sink_states import SinkStates
from stream.db import Database
from stream.sqlite_log import SqliteLog
from stream.timing import utc_now
from tests.support.alerting import FixedRouter, WordMatcher
from tests.support.waiting import wait_for

SINKS = ("first", "second")


def open_house_log(folder: Path) -> tuple[Database, SqliteLog]:
    database = Database(folder / "log.db", SqliteLog.MIGRATIONS)
    return database, SqliteLog(database)


def main(folder: Path) -> None:
    """Read the log to its end, deliver all of it, and leave."""
    log_database, log = open_house_log(folder)
    database = open_sqlite(folder / "alerts.db")
    outbox, metrics = Outbox(database), AlertMetrics(CollectorRegistry())
    post = Post(outbox, SinkStates(database), metrics, utc_now, random.Random())
    sinks = [Channel(FileSink(name, folder / f"{name}.jsonl"), LOCAL, concurrency=2) for name in SINKS]
    deliver = Deliver(sinks, post, DeliverConfig(), is_only=True)
    consumer = log.consumer("alerts")
    consume = Consume(
        consumer,
        Ledger(database, "alerts", "articles"),
        Rules(WordMatcher("Freedonia"), FixedRouter(*SINKS)),
        metrics,
        utc_now,
        ConsumeConfig(max_records=5, poll_timeout_s=0.05),
    )
    consume.on_stored(deliver.wake)
    stop = threading.Event()
    threads = [threading.Thread(target=consume.run, args=[stop]), threading.Thread(target=deliver.run)]
    for thread in threads:
        thread.start()
    wait_for(lambda: consume.is_ready and log.lags() == {("alerts", 0): 0} and not outbox.backlog(), 60)
    stop.set()
    deliver.stop()
    for thread in threads:
        thread.join()
    consumer.close()
    database.close()
    log_database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
