"""How each sink is doing: configured ones in their order, then those that still have something waiting."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from alerts.metrics import SinkBacklog
from alerts.schedule import SinkState
from alerts.store.archive import Lately
from wirewatch.web.sight import Sight
from wirewatch.web.views import wording

_LATE = timedelta(minutes=5)

SinkStatus = Literal["ok", "behind", "failing", "paused", "disabled", "unconfigured"]


@dataclass(frozen=True, slots=True)
class SinkRow:
    """One sink; `delivered` and `dead` count the alerts of the last 24 hours."""

    name: str
    kind: str
    status: SinkStatus
    sentence: str
    pending: int
    oldest_at: datetime | None
    delivered: int
    dead: int


def sink_rows(sight: Sight, lately: Lately, now: datetime) -> tuple[SinkRow, ...]:
    """Read how the sinks are doing."""
    configured = {name: config.kind for name, config in sight.rules.state.value.sinks.items()}
    waiting = {backlog.sink: backlog for backlog in sight.outbox.backlog()}
    rows = []
    for name in [*configured, *sorted(waiting.keys() - configured.keys())]:
        backlog = waiting.get(name, SinkBacklog(name, 0, None))
        state = sight.sink_states.load(name)
        status, sentence = judge_sink(state, backlog, now, is_configured=name in configured)
        rows.append(
            SinkRow(
                name=name,
                kind=configured.get(name, "?"),
                status=status,
                sentence=sentence,
                pending=backlog.pending,
                oldest_at=backlog.oldest_at,
                delivered=lately.deliveries.get((name, "delivered"), 0),
                dead=lately.deliveries.get((name, "dead"), 0),
            )
        )
    return tuple(rows)


def judge_sink(
    state: SinkState, backlog: SinkBacklog, now: datetime, *, is_configured: bool
) -> tuple[SinkStatus, str]:
    """Say in a word and a sentence how a sink is doing. Pure."""
    if not is_configured:
        return "unconfigured", "routes.yaml does not name it any more, yet deliveries wait for it"
    if state.disabled_at is not None:
        said = f" ({state.disabled_detail})" if state.disabled_detail else ""
        return "disabled", f"it said it is gone for good{said}; nothing is sent until somebody enables it"
    if state.paused_until is not None and state.paused_until > now:
        return "paused", f"left alone after {_failures(state)}, tried again {_in(state.paused_until, now)}"
    if state.failures:
        return "failing", f"{_failures(state)} so far"
    if backlog.oldest_at is not None and now - backlog.oldest_at > _LATE:
        return "behind", f"the oldest delivery has waited for {wording.span(now - backlog.oldest_at)}"
    return "ok", "takes what it is sent" if not backlog.pending else "deliveries are under way"


def _failures(state: SinkState) -> str:
    times = wording.count(state.failures, "failure")
    return f"{times} in a row" if state.failures > 1 else times


def _in(at: datetime, now: datetime) -> str:
    return wording.ago(at, now)
