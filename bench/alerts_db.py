"""The database of alerts: storing batches, lending and settling deliveries, on PostgreSQL beside SQLite.

Both wait for their disk at every commit (fsync on, synchronous_commit on). PostgreSQL is one of our own in a
temporary folder; where its binaries are missing, SQLite is measured alone. Ratios of one run hold across
machines; figures do not.
"""

import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.batch import Batch, NewAlert
from alerts.outbox import Outbox
from alerts.schedule import Settlement
from alerts.store.database import Database, open_sqlite
from alerts.store.ledger import Ledger
from alerts.store.postgres import open_postgres
from stream.server import Server
from stream.timing import utc_now
from tests.support.alerting import make_alert, make_event
from tests.support.postgres import cluster, find_binaries

if TYPE_CHECKING:
    from collections.abc import Callable

BATCHES = 40
EVENTS = 500  # in a batch; one in ten matches
MATCHES = 50
LANE = 16  # deliveries lent and settled at once
DONE = Settlement("delivered", "delivered", "200")


@dataclass(frozen=True, slots=True)
class Figures:
    """Events stored, and deliveries lent and settled, a second."""

    events: float
    deliveries: float


def batches() -> list[Batch]:
    """What the matcher stores, made before the clock runs."""
    made = []
    for number in range(BATCHES):
        names = [f"{number}-{event}" for event in range(EVENTS)]
        alerts = [make_alert(make_event(name)) for name in names[:MATCHES]]
        made.append(
            Batch(
                inbox=tuple((f"event-{name}", 1) for name in names),
                alerts=tuple(NewAlert(alert, ((f"{alert.alert_id}-hook", "hook"),)) for alert in alerts),
                matches=Counter({"pact": MATCHES}),
            )
        )
    return made


def measure(database: Database) -> Figures:
    """Store all batches one after the other, then deliver all."""
    ledger, outbox = Ledger(database, "alerts", "articles"), Outbox(database)
    owned, work = {0: ledger.adopt(0, utc_now())}, batches()
    began = time.perf_counter()
    for number, batch in enumerate(work, start=1):
        ledger.seen(batch.inbox)
        owned = ledger.commit(batch, owned, {0: number * EVENTS}, utc_now())
    stored = time.perf_counter()
    while claims := outbox.claim("hook", LANE, utc_now()):
        outbox.settle([(claim, DONE) for claim in claims], utc_now())
    delivered = time.perf_counter()
    return Figures(BATCHES * EVENTS / (stored - began), BATCHES * MATCHES / (delivered - stored))


def main() -> None:
    """Measure both, print them side by side."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        opened: dict[str, Callable[[], Database]] = {"SQLite": lambda: open_sqlite(folder / "alerts.db")}
        if find_binaries() is not None:
            server = Server(held.enter_context(cluster()).url)
            opened["PostgreSQL"] = lambda: open_postgres(server)
        found = {}
        for name, open_it in opened.items():
            database = open_it()
            held.callback(database.close)
            found[name] = measure(database)
    print(f"{'':12}{'events stored/s':>18}{'deliveries/s':>16}   ({MATCHES} of {EVENTS} events match)")
    for name, figures in found.items():
        print(f"{name:12}{figures.events:18,.0f}{figures.deliveries:16,.0f}")
    if len(found) == 2:
        sqlite, postgres = found["SQLite"], found["PostgreSQL"]
        events, deliveries = postgres.events / sqlite.events, postgres.deliveries / sqlite.deliveries
        print(f"{'ratio':12}{events:18.2f}{deliveries:16.2f}")
    else:
        print("no PostgreSQL here: install the package 'postgresql' to see it beside")


if __name__ == "__main__":
    main()
