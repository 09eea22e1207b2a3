"""One running process, put together: locks, state, rules, roles, and the chores that keep them fit."""

import logging
import os
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.metrics import RuleCollector
from alerts.store.clock import MEASURE_EVERY
from alerts.store.retention import remove_all
from ingest.coverage import Coverage, coverage
from ingest.health import Health, survey
from ingest.metrics import SourceCollector
from ingest.progress import Progress
from stream.clock import SteadyClock, is_settled
from stream.errors import UnavailableError
from stream.sqlite.identity import identify, replaced
from stream.timing import Clock
from wirewatch.condition import ConditionCollector
from wirewatch.daemon import Daemon, end_within
from wirewatch.hearing import LOOK_EVERY, CoverageCollector, HearingWatch, as_json
from wirewatch.live import JointMetrics, LiveRules, LiveSources
from wirewatch.lock import StateLock
from wirewatch.needs import ACKNOWLEDGED, LOCAL_ALERTS, LOCAL_LOG, Needs, needs_of
from wirewatch.readiness import Readiness, Verdict
from wirewatch.roles import Role
from wirewatch.settings import Settings
from wirewatch.supervisor import Supervisor
from wirewatch.timekeeper import Timekeeper
from wirewatch.web.elsewhere import Elsewhere
from wirewatch.web.sight import Sight, Vitals
from wirewatch.wiring.alerts import alerts_role, deliver_role, hearing_watch
from wirewatch.wiring.ingest import ingest_role, meet_ingesters
from wirewatch.wiring.log import forward_role, keep_note
from wirewatch.wiring.metrics import new_metrics
from wirewatch.wiring.sharing import sources_everywhere
from wirewatch.wiring.state import open_state
from wirewatch.wiring.web import web_role

if TYPE_CHECKING:
    from ingest.store.ingest_store import IngestStore
    from wirewatch.roles.deliver import DeliverRole
    from wirewatch.roles.ingest import IngestRole
    from wirewatch.wiring.sharing import Together

logger = logging.getLogger(__name__)

_LOOK_AT_FILES = timedelta(seconds=2)
_LOOK_AT_STATE = timedelta(seconds=1)
_RETAIN = timedelta(minutes=1)
_REMOVE_S = 2.0
_SHOWING = frozenset({"alerts", "ingest", "web"})  # roles that say how sources are doing
NOTHING_IS_OLDER = datetime.fromtimestamp(0, UTC)
_REMEMBER_BEYOND_LOG = timedelta(days=60)


def run(settings: Settings, role_names: Collection[str]) -> None:
    """Run the roles until told to stop.

    Raises StateError (locked, corrupt, address taken, no log to read) and ConfigError before anything has
    started; FileReplacedError when somebody has replaced the state below it.
    """
    needs = needs_of(role_names, settings.shared)
    require_log(needs, settings.state_dir)
    with ExitStack() as held:
        for name in needs.locks:
            held.callback(StateLock(settings.state_dir, name).release)
        daemon = _Process(settings, role_names, needs, held).daemon
        daemon.run()
        end_within(daemon.left_to_end_s())  # a file that does not close, a process that does not go


def require_log(needs: Needs, state_dir: Path) -> None:
    """Raise UnavailableError for a reader of an embedded log that nobody has written here yet."""
    path = state_dir / LOCAL_LOG
    if needs.reads_log and not needs.writes_log and not path.exists():
        raise UnavailableError(
            f"{path} is not there: the log is embedded in the state folder of the ingest role, and alerts "
            "are raised from it there. Start the ingest role first, or in this process too (--role ingest "
            "--role alerts); name its state folder (WIREWATCH_STATE_DIR); or, for roles on several machines, "
            "keep the log on Kafka (stream.kafka.bootstrap_servers)"
        )


class _Process:
    """Builds the daemon, and holds what a reload touches."""

    def __init__(
        self, settings: Settings, role_names: Collection[str], needs: Needs, held: ExitStack
    ) -> None:
        self._settings = settings
        self._clock = clock = SteadyClock()
        self._held = held
        self._together: Together | None = None
        self._readiness = Readiness()
        self._metrics = new_metrics()
        self._watches: list[HearingWatch] = []
        joint = JointMetrics(self._metrics.alerts)
        self._rules = LiveRules(settings.config_dir, joint.of("rules"), clock())
        self._sources = LiveSources(settings.config_dir, joint.of("sources"), clock())
        self._state = open_state(settings, self._metrics, clock, needs)
        held.callback(self._state.close)
        if needs.writes_log:
            keep_note(self._state.ingest.log, settings.state_dir / ACKNOWLEDGED)
        is_here = needs.alerts and not settings.shared.alerts
        self._alerts_file = identify(settings.state_dir / LOCAL_ALERTS).main if is_here else None
        if ingest := self._state.maybe_ingest:
            self._metrics.stream.watch(ingest.log, ingest.database)
        else:
            self._metrics.stream.watch_readers()
        self._metrics.registry.register(ConditionCollector(self._readiness, settings.state_dir))
        self._ingest: IngestRole | None = None
        self._deliver: DeliverRole | None = None
        store = ingest.store if ingest else Elsewhere()
        sees_sources = ingest is not None or settings.database.server is not None
        self._all_progress = self._progress(store) if {*role_names} & _SHOWING else store.all_progress
        if sees_sources and {*role_names} & _SHOWING:
            self._readiness.describe("sources", lambda: as_json(self._coverage()))
            self._metrics.registry.register(CoverageCollector(self._coverage))
        self.daemon = Daemon(
            self._roles(settings, role_names), self._readiness, self._reload, Supervisor(os.environ)
        )
        self._add_chores(settings)
        self._held.callback(self._timekeeper().stop)

    def _timekeeper(self) -> Timekeeper:
        watching = [self._clock.look]
        if self._ingest is not None:
            watching.append(self._ingest.keep_time)
        return Timekeeper(watching)

    def _roles(self, settings: Settings, names: Collection[str]) -> list[Role]:
        """Build the roles in the order in which they start: who receives before who sends."""
        roles: list[Role] = []
        self._readiness.add("rules", self._has_rules)
        if "deliver" in names:
            self._deliver = deliver_role(settings, self._state, self._rules, self._metrics, self._clock)
            self._readiness.add("deliver", self._deliver.delivers)
            roles.append(self._deliver)
        if "alerts" in names:
            alerts, consume = alerts_role(settings, self._state, self._rules, self._metrics)
            if self._deliver is not None:
                consume.on_stored(self._deliver.wake)
            if self._state.maybe_ingest is not None or settings.database.server is not None:
                watch = hearing_watch(self._state.alerts, self._rules, self._coverage, self._wake)
                self._watches.append(watch)
            self._readiness.add("alerts", alerts.reads)
            self._metrics.registry.register(RuleCollector(self._last_matches))
            roles.append(alerts)
        if "ingest" in names:
            if forward := forward_role(settings.stream, self._state.ingest.log, self._metrics.stream):
                self._readiness.add("forward", forward.flows)
                roles.append(forward)
            together = meet_ingesters(settings, self._state, self._clock)
            if together is not None:
                self._held.callback(together.room.close)
            ingest = ingest_role(settings, self._state, self._sources, self._metrics, together, self._clock)
            self._ingest, self._together = ingest, together
            self._metrics.registry.register(SourceCollector(self._survey))
            self._readiness.add("log", ingest.has_room)
            self._readiness.add("workers", ingest.has_workers)
            self._readiness.add("sources", lambda: ingest.has_polled(self._clock()))
            self._readiness.add("schedule", ingest.is_on_time)
            roles.append(ingest)
        vitals = Vitals(self._readiness, self._metrics.registry, self._clock)
        sight = self._sight(vitals) if "web" in names else None
        web = web_role(settings, vitals, self._metrics.server, self._ingest, sight)
        return [web, *roles]

    def _sight(self, vitals: Vitals) -> Sight:
        alerts, ingest = self._state.alerts, self._state.maybe_ingest
        elsewhere = Elsewhere()
        return Sight(
            readiness=vitals.readiness,
            registry=vitals.registry,
            clock=vitals.clock,
            archive=alerts.archive,
            outbox=alerts.outbox,
            dead_letters=alerts.dead_letters,
            sink_states=alerts.sink_states,
            store=ingest.store if ingest else elsewhere,
            progress=self._all_progress,
            log=ingest.log if ingest else elsewhere,
            rules=self._rules,
            sources=self._sources,
            readers=self._metrics.stream.readers,
            lost_for_s=self._lost_for_s,
        )

    def _lost_for_s(self) -> float | None:
        return self._ingest.lost_for_s() if self._ingest is not None else None

    def _coverage(self) -> Coverage:
        sources, now = self._sources.all, self._clock()
        return coverage(sources, survey(sources, self._all_progress(), now), now, self._lost_for_s())

    def _progress(self, store: "IngestStore | Elsewhere") -> Callable[[], dict[str, Progress]]:
        """How sources stand, also those that other ingesters read."""
        if self._settings.database.server is None:
            return store.all_progress
        everywhere, room = sources_everywhere(self._settings.database.server, store.all_progress)
        self._held.callback(room.close)
        return everywhere.all_progress

    def _has_rules(self) -> Verdict:
        count = len(self._rules.state.value.matcher.rules)
        return Verdict(count > 0, f"{count} rules" if count else "no rule is live")

    def _last_matches(self) -> Mapping[str, datetime]:
        return {rule: stats.last_match_at for rule, stats in self._state.alerts.archive.rule_stats().items()}

    def _survey(self) -> Mapping[str, tuple[Progress, Health]]:
        sources = self._sources.all
        if self._ingest is not None:
            sources = tuple(source for source in sources if self._ingest.reads(source.id))
        return survey(sources, self._state.ingest.store.all_progress(), self._clock())

    def _add_chores(self, settings: Settings) -> None:
        self.daemon.every(_LOOK_AT_FILES, self._look_at_files)
        self.daemon.every(_LOOK_AT_STATE, self._look_at_state)
        for watch in self._watches:
            self.daemon.every(LOOK_EVERY, watch.look)
        if self._state.maybe_alerts is not None:
            self.daemon.every(MEASURE_EVERY, self._state.alerts.keep_time)
            self.daemon.every(
                _RETAIN, partial(self._remove_old, timedelta(days=settings.alerts.retention_days))
            )
        if self._ingest is not None:
            self.daemon.every(_RETAIN, partial(self._retain, settings))

    def _look_at_state(self) -> None:
        """End when the state below us is not what we opened: what is stored there nobody would find."""
        ingest, alerts = self._state.maybe_ingest, self._settings.state_dir / LOCAL_ALERTS
        if ingest and ingest.database.is_lost:
            self.daemon.give_up(replaced(ingest.database.path))
        if self._alerts_file and self._alerts_file != identify(alerts).main:
            self.daemon.give_up(replaced(alerts))

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

    def _wake(self) -> None:
        if self._deliver is not None:
            self._deliver.wake()

    def _take_up_sources(self) -> None:
        if self._ingest is not None:
            self._ingest.reload()

    def _remove_old(self, keep: timedelta) -> None:
        alerts, give_up = self._state.alerts, time.monotonic() + _REMOVE_S
        before = removed_before(alerts.clock, keep)
        removed = remove_all(alerts.retention, before, lambda: time.monotonic() > give_up)
        if removed:
            logger.info("old alerts removed", extra={"count": removed})

    def _retain(self, settings: Settings) -> None:
        keep = timedelta(days=settings.stream.retention_days)
        before = removed_before(self._clock, keep)
        self._state.ingest.log.retain(before, settings.stream.retention_bytes)
        if before == NOTHING_IS_OLDER:
            return
        self._state.ingest.store.prune(keep + _REMEMBER_BEYOND_LOG)
        if self._together is not None:
            self._together.book.prune(keep + _REMEMBER_BEYOND_LOG)


def removed_before(clock: Clock, keep: timedelta) -> datetime:
    """What is older goes: nothing for an hour after a start or a step, since the clock may be wrong then."""
    return clock() - keep if is_settled(clock) else NOTHING_IS_OLDER
