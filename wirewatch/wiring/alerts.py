"""Wiring of the roles that raise alerts and deliver them."""

import random
from collections.abc import Callable, Sequence

from alerts.consume import Consume, Rules
from alerts.deliver import Deliver
from alerts.lane import Channel, Post
from alerts.notice import Notices
from alerts.quarantine import KillerSearch
from alerts.store.ledger import Ledger
from ingest.coverage import Coverage
from stream.clock import since_boot_s
from stream.timing import Clock, utc_now
from wirewatch.hearing import HearingWatch
from wirewatch.killer_search import command
from wirewatch.live import LiveRules
from wirewatch.roles.alerts import AlertsRole
from wirewatch.roles.deliver import DeliverRole
from wirewatch.settings import Settings
from wirewatch.wiring.database import AlertState
from wirewatch.wiring.log import GROUP, read_kafka, read_local
from wirewatch.wiring.metrics import Metrics
from wirewatch.wiring.sinks import new_channel
from wirewatch.wiring.state import State


def alerts_role(
    settings: Settings, state: State, rules: LiveRules, metrics: Metrics
) -> tuple[AlertsRole, Consume]:
    """Build the alerts role, with the loop it runs so that deliverers can listen to it."""
    database, clock = state.alerts.database, state.alerts.clock
    if settings.shared.log:
        consumer, ledger = read_kafka(settings.stream.kafka, database, metrics.stream)
    else:
        consumer, ledger = read_local(state.ingest.log, database, topic_of(settings, state))
    find_killers = KillerSearch(command(settings.config_dir))
    deciding = Rules(rules, rules, find_killers)
    consume = Consume(consumer, ledger, deciding, metrics.alerts, clock, settings.alerts.consume)
    return AlertsRole(consume, consumer), consume


def topic_of(settings: Settings, state: State) -> str:
    """What positions in the local log belong to: in a shared database those of several are told apart."""
    topic = settings.stream.topic
    return f"{topic}@{state.ingest.store.identity()}" if settings.shared.alerts else topic


def deliver_role(
    settings: Settings, state: State, rules: LiveRules, metrics: Metrics, clock: Clock = utc_now
) -> DeliverRole:
    """Build the deliver role; it asks for the sinks in force whenever it starts."""
    rng = random.Random()  # noqa: S311 - jitter
    alerts = state.alerts
    post = Post(alerts.outbox, alerts.sink_states, metrics.alerts, alerts.clock, rng)

    def channels() -> list[Channel]:
        return [
            new_channel(name, config, settings, clock) for name, config in rules.state.value.sinks.items()
        ]

    def deliver(channels: Sequence[Channel]) -> Deliver:
        is_only = not alerts.database.is_shared  # SQLite: the lock on the state folder says so
        return Deliver(channels, post, settings.alerts.deliver, is_only=is_only)

    return DeliverRole(channels, deliver)


def hearing_watch(
    alerts: AlertState, rules: LiveRules, coverage: Callable[[], Coverage], wake: Callable[[], None]
) -> HearingWatch:
    """Build what tells the operator when sources are not heard any more; `wake`: a delivery was stored."""
    notices = Notices(alerts.archive, Ledger(alerts.database, GROUP, "notices"), rules)
    return HearingWatch(coverage, notices, alerts.clock, since_boot_s, wake)
