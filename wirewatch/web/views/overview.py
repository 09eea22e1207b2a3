"""The overview: the flow as one picture, with what stands in its way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from alerts.store.archive import Lately
from alerts.store.dead_letters import DeadLetter
from ingest.coverage import Coverage, coverage
from ingest.health import Health, survey
from ingest.progress import Progress
from ingest.store.ledger import Ledger
from stream.config.problem import ConfigProblem
from stream.embedded.records import LogSize
from wirewatch.readiness import Verdict
from wirewatch.web.pace import Counts, Pace, Rates
from wirewatch.web.sight import Sight
from wirewatch.web.views import wording
from wirewatch.web.views.alerts import AlertRow, alert_rows
from wirewatch.web.views.headline import Headline, headline
from wirewatch.web.views.sinks import SinkRow, sink_rows

LATELY = timedelta(hours=24)
READERS = "alerts"
"""The consumer group of the matcher."""

_LATEST = 8
_TROUBLED = frozenset({"failing", "gone", "stale", "silent"})
_LAG_WORRIES = 1_000


@dataclass(frozen=True, slots=True)
class Stage:
    """One station of the flow; `mood` is `warn` where somebody should look."""

    name: str
    amount: str
    unit: str
    rate: str
    notes: tuple[str, ...]
    href: str
    mood: Literal["ok", "warn", "bad"] = "ok"


@dataclass(frozen=True, slots=True)
class ConfigGroup:
    """Some files of the configuration: since when they are in force, and what the last reload said."""

    name: str
    loaded_at: datetime
    is_current: bool
    errors: tuple[ConfigProblem, ...]
    warnings: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the first page shows."""

    now: datetime
    stages: tuple[Stage, ...]
    over: timedelta | None
    verdicts: Mapping[str, Verdict]
    config: tuple[ConfigGroup, ...]
    sinks: tuple[SinkRow, ...]
    latest: tuple[AlertRow, ...]
    dead: tuple[DeadLetter, ...]
    headline: Headline


@dataclass(frozen=True, slots=True)
class _Read:
    """What the stores said; read once, so that all numbers of the page agree."""

    ledgers: Mapping[str, Ledger]
    size: LogSize
    lag: int | None
    alerts: int
    lately: Lately


def count_flow(sight: Sight) -> Counts:
    """Read the counters that a pace is made of."""
    return _counts(_read(sight, sight.clock()))


def overview(sight: Sight, pace: Pace) -> Overview:
    """Read and word the overview."""
    now = sight.clock()
    read = _read(sight, now)
    rates = pace.note(now, _counts(read))
    surveyed = survey(sight.sources.all, sight.progress(), now)
    heard = coverage(sight.sources.all, surveyed, now, sight.lost_for_s())
    verdicts, config = sight.readiness.verdicts(), config_groups(sight)
    return Overview(
        now=now,
        stages=_stages(sight, read, rates, surveyed, heard),
        over=rates.over if rates else None,
        verdicts=verdicts,
        config=config,
        sinks=sink_rows(sight, read.lately, now),
        latest=alert_rows(sight.archive.alerts(limit=_LATEST)),
        dead=tuple(sight.dead_letters.list(limit=3)),
        headline=headline(verdicts, heard, [group.name for group in config if not group.is_current]),
    )


def config_groups(sight: Sight) -> tuple[ConfigGroup, ...]:
    """Say how the configuration stands."""
    rules, sources = sight.rules.state, sight.sources.state
    return (
        _group("rules and routes", rules.loaded_at, rules.problems, is_current=rules.is_current),
        _group("sources", sources.loaded_at, sources.problems, is_current=sources.is_current),
    )


def _group(
    name: str, loaded_at: datetime, problems: Iterable[ConfigProblem], *, is_current: bool
) -> ConfigGroup:
    found = tuple(problems)
    errors = tuple(problem for problem in found if problem.is_error)
    return ConfigGroup(name, loaded_at, is_current, errors, len(found) - len(errors))


def _read(sight: Sight, now: datetime) -> _Read:
    if READERS in sight.readers:
        lags = list(sight.readers[READERS]().values())
    else:
        lags = [lag for (group, _), lag in sight.log.lags().items() if group == READERS]
    return _Read(
        ledgers=sight.store.ledgers(),
        size=sight.log.size(),
        lag=sum(lags) if lags else None,
        alerts=sum(stats.matches for stats in sight.archive.rule_stats().values()),
        lately=sight.archive.lately(now - LATELY),
    )


def _counts(read: _Read) -> Counts:
    appended = read.size.appended
    return Counts(
        items=sum(ledger.items_in for ledger in read.ledgers.values()),
        events=appended,
        read=0 if read.lag is None else max(0, appended - read.lag),
        alerts=read.alerts,
    )


def _stages(
    sight: Sight,
    read: _Read,
    rates: Rates | None,
    surveyed: Mapping[str, tuple[Progress, Health]],
    heard: Coverage,
) -> tuple[Stage, ...]:
    def rate(per_minute: float) -> str:
        return wording.rate(per_minute) if rates else ""

    counts = _counts(read)
    return (
        _items(read, rate(rates.items if rates else 0), surveyed, heard),
        Stage(
            name="Events",
            amount=wording.number(counts.events),
            unit="appended in all",
            rate=rate(rates.events if rates else 0),
            notes=(f"the log holds {wording.number(read.size.rows)}", wording.size(read.size.bytes)),
            href="",
        ),
        _matched(sight, read, rate(rates.read if rates else 0)),
        _raised(read, rate(rates.alerts if rates else 0)),
        _delivered(read),
    )


def _items(read: _Read, rate: str, surveyed: Mapping[str, tuple[Progress, Health]], heard: Coverage) -> Stage:
    troubled = sum(health.status in _TROUBLED for _, health in surveyed.values())
    rejected = sum(sum(ledger.rejected.values()) for ledger in read.ledgers.values())
    notes = [wording.count(len(surveyed), "source")]
    if heard.total:
        notes.append(f"{heard.heard} of {heard.total} heard")
    if troubled:
        notes.append(f"{troubled} in trouble")
    notes.append(f"{wording.number(rejected)} rejected")
    return Stage(
        name="Items in",
        amount=wording.number(_counts(read).items),
        unit="from sources in all",
        rate=rate,
        notes=tuple(notes),
        href="/sources",
        mood="bad" if heard.level == "deaf" else "warn" if troubled else "ok",
    )


def _matched(sight: Sight, read: _Read, rate: str) -> Stage:
    rules = len(sight.rules.state.value.matcher.rules)
    lag = "nobody reads yet" if read.lag is None else f"lag {wording.count(read.lag, 'record')}"
    return Stage(
        name="Matched",
        amount=wording.number(_counts(read).read),
        unit=f"events against {wording.count(rules, 'rule')}",
        rate=rate,
        notes=(lag,),
        href="/rules",
        mood="warn" if read.lag is None or read.lag >= _LAG_WORRIES else "ok",
    )


def _raised(read: _Read, rate: str) -> Stage:
    lately = read.lately
    resting = [f"{wording.number(n)} {status}" for status, n in sorted(lately.alerts.items()) if n]
    return Stage(
        name="Alerts",
        amount=_at_least(lately.raised, lately),
        unit="in 24 hours",
        rate=rate,
        notes=(*resting, f"{wording.number(read.alerts)} in all"),
        href="/alerts",
    )


def _delivered(read: _Read) -> Stage:
    states: dict[str, int] = {}
    for (_, state), deliveries in read.lately.deliveries.items():
        states[state] = states.get(state, 0) + deliveries
    waiting, dead = states.get("pending", 0) + states.get("sending", 0), states.get("dead", 0)
    notes = [f"{wording.number(waiting)} waiting", f"{wording.number(dead)} given up"]
    return Stage(
        name="Delivered",
        amount=_at_least(states.get("delivered", 0), read.lately),
        unit="of these alerts",
        rate="",
        notes=tuple(notes),
        href="/dead-letters" if dead else "",
        mood="warn" if dead else "ok",
    )


def _at_least(amount: int, lately: Lately) -> str:
    return f"{wording.number(amount)}+" if lately.is_capped else wording.number(amount)
