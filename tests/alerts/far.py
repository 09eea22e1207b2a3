"""Batches, and what the proxy before PostgreSQL is told."""

from alerts.batch import Batch, NewAlert
from stream.server import Server
from tests.support.alerting import make_alert, make_event
from tests.support.proxy import Verdict

SECRET = "s3cr3t-w0rd"

REFUSED = Server(f"postgresql://reader:{SECRET}@127.0.0.1:1/news")


def is_commit(said: bytes) -> bool:
    return b"COMMIT\0" in said  # as a statement of its own, not the READ COMMITTED of another


def once(verdict: Verdict) -> Verdict:
    said_yes = False

    def first(said: bytes) -> bool:
        nonlocal said_yes
        is_it = not said_yes and verdict(said)
        said_yes = said_yes or is_it
        return is_it

    return first


def batch_of(*names: str) -> Batch:
    alerts = tuple(NewAlert(make_alert(make_event(name)), ((f"{name}-hook", "hook"),)) for name in names)
    return Batch(inbox=tuple((make_event(name).event_id, 1) for name in names), alerts=alerts)
