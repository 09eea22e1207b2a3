"""One running process, put together: locks, state, rules, roles, and the chores that keep them fit."""

import logging
import os
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from alerts.metrics import RuleCollector
from ingest.health import Health, survey
from ingest.metrics import SourceCollector
from ingest.progress import Progress
from stream.timing import Clock, utc_now
from wirewatch import wiring
from wirewatch.condition import ConditionCollector
from wirewatch.daemon import Daemon
from wirewatch.live import JointMetrics, LiveRules, LiveSources
from wirewatch.lock import StateLock
from wirewatch.readiness import Readiness, Verdict
from wirewatch.roles import Role
from wirewatch.settings import Settings
from wirewatch.supervisor import Supervisor
from wirewatch.web.sight import Sight

if TYPE_CHECKING:
    from wirewatch.roles.deliver import DeliverRole
    from wirewatch.roles.ingest import IngestRole

logger = logging.getLogger(__name__)

_LOOK_AT_FILES = timedelta(seconds=2)
_RETAIN = timedelta(minutes=1)
_REMEMBER_BEYOND_LOG = timedelta(days=60)


def run(settings: Settings, role_names: Collection[str], clock: Clock = utc_now) -> None:
    """Run the roles until told to stop.

    Raises StateError (locked, corrupt, address taken) and ConfigError before anything has started.
    """
    with ExitStack() as held:
        for name in role_names:
            held.callback(StateLock(settings.state_dir, name).release)
        _Process(settings, role_names, held, clock).daemon.run()


class _Process:
    """Builds the daemon, and holds what a reload touches."""

    def __init__(
        self, settings: Settings, role_names: Collection[str], held: ExitStack, clock: Clock
    ) -> None:
        self._clock = clock
        self._readiness = Readiness()
        self._metrics = wiring.new_metrics()
        joint = JointMetrics(self._metrics.alerts)
        self._rules = LiveRules(settings.config_dir, joint.of("rules"), clock())
        self._sources = LiveSources(settings.config_dir, joint.of("sources"), clock())
        self._state = wiring.open_state(settings, self._metrics, clock)
        held.callback(self._state.close)
        self._metrics.stream.watch(self._state.log, self._state.ingest_db)
        self._metrics.registry.register(ConditionCollector(self._readiness, settings.state_dir))
        self._ingest: IngestRole | None = None
        self._deliver: DeliverRole | None = None
        self.daemon = Daemon(
            self._roles(settings, role_names), self._readiness, self._reload, Supervisor(os.environ)
        )
        self._add_chores(settings)

    def _roles(self, settings: Settings, names: Collection[str]) -> list[Role]:
        """Build the roles in the order in which they start: who receives before who sends."""
        roles: list[Role] = []
        self._readiness.add("rules", self._has_rules)
        if "deliver" in names:
            self._deliver = wiring.deliver_role(
                settings, self._state, self._rules, self._metrics, self._clock
            )
            self._readiness.add("deliver", self._deliver.delivers)
            roles.append(self._deliver)
        if "alerts" in names:
            alerts, consume = wiring.alerts_role(
                settings, self._state, self._rules, self._metrics, self._clock
            )
            if self._deliver is not None:
                consume.on_stored(self._deliver.wake)
            self._readiness.add("alerts", alerts.reads)
            self._metrics.registry.register(RuleCollector(self._last_matches))
            roles.append(alerts)
        if "ingest" in names:
            ingest = wiring.ingest_role(settings, self._state, self._sources, self._metrics, self._clock)
            self._ingest = ingest
            self._metrics.registry.register(SourceCollector(self._survey))
            self._readiness.add("log", ingest.has_room)
            self._readiness.add("sources", lambda: ingest.has_polled(self._clock()))
            roles.append(ingest)
        web = wiring.web_role(settings, self._sight(), self._ingest, has_pages="web" in names)
        return [web, *roles]

    def _sight(self) -> Sight:
        state = self._state
        return Sight(
            archive=state.archive,
            outbox=state.outbox,
            dead_letters=state.dead_letters,
            sink_states=state.sink_states,
            store=state.store,
            log=state.log,
            rules=self._rules,
            sources=self._sources,
            readiness=self._readiness,
            registry=self._metrics.registry,
            clock=self._clock,
        )

    def _has_rules(self) -> Verdict:
        count = len(self._rules.state.value.matcher.rules)
        return Verdict(count > 0, f"{count} rules" if count else "no rule is live")

    def _last_matches(self) -> Mapping[str, datetime]:
        return {rule: stats.last_match_at for rule, stats in self._state.archive.rule_stats().items()}

    def _survey(self) -> Mapping[str, tuple[Progress, Health]]:
        return survey(self._sources.all, self._state.store.all_progress(), self._clock())

    def _add_chores(self, settings: Settings) -> None:
        self.daemon.every(_LOOK_AT_FILES, self._look_at_files)
        if self._ingest is not None:
            self.daemon.every(_RETAIN, partial(self._retain, settings))

    def _look_at_files(self) -> None:
        now = self._clock()
        if self._rules.check(now):
            self._take_up_rules()
        if self._sources.check(now):
            self._take_up_sources()

    def _reload(self) -> None:
        now = self._clock()
        if self._rules.reload(now):
            self._take_up_rules()
        if self._sources.reload(now):
            self._take_up_sources()

    def _take_up_rules(self) -> None:
        if self._deliver is not None:
            self._deliver.reload()

    def _take_up_sources(self) -> None:
        if self._ingest is not None:
            self._ingest.reload()

    def _retain(self, settings: Settings) -> None:
        keep = timedelta(days=settings.stream.retention_days)
        self._state.log.retain(self._clock() - keep, settings.stream.retention_bytes)
        self._state.store.prune(keep + _REMEMBER_BEYOND_LOG)
