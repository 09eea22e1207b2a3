"""What a restart must remember of the sinks: pauses, and the one that said it is gone."""

from datetime import datetime

import sqlalchemy as sa

from alerts.schedule import SinkState
from alerts.store.database import Database
from alerts.store.instants import maybe_instant, micros

_LOAD = sa.text("SELECT * FROM sink_states WHERE sink = :sink")
_SAVE = sa.text("""
    INSERT INTO sink_states
        (sink, failures, failing_since, failing_s, paused_until, pause_s, disabled_at, disabled_detail)
    VALUES (:sink, :failures, :failing_since, :failing_s, :paused_until, :pause_s, :disabled_at,
        :disabled_detail)
    ON CONFLICT (sink) DO UPDATE SET
        failures = excluded.failures, failing_since = excluded.failing_since, failing_s = excluded.failing_s,
        paused_until = excluded.paused_until, pause_s = excluded.pause_s, disabled_at = excluded.disabled_at,
        disabled_detail = excluded.disabled_detail""")


class SinkStates:
    """One row a sink; a sink without one is well."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, sink: str) -> SinkState:
        """How the sink stands."""
        with self._database.read() as connection:
            row = connection.execute(_LOAD, {"sink": sink}).one_or_none()
        if row is None:
            return SinkState()
        return SinkState(
            failures=row.failures,
            failing_since=maybe_instant(row.failing_since),
            paused_until=maybe_instant(row.paused_until),
            failing_s=row.failing_s,
            pause_s=row.pause_s,
            disabled_at=maybe_instant(row.disabled_at),
            disabled_detail=row.disabled_detail,
        )

    def save(self, sink: str, state: SinkState) -> None:
        """Remember how the sink stands."""
        with self._database.write() as connection:
            connection.execute(
                _SAVE,
                {
                    "sink": sink,
                    "failures": state.failures,
                    "failing_since": _maybe_micros(state.failing_since),
                    "failing_s": state.failing_s,
                    "pause_s": state.pause_s,
                    "paused_until": _maybe_micros(state.paused_until),
                    "disabled_at": _maybe_micros(state.disabled_at),
                    "disabled_detail": state.disabled_detail,
                },
            )

    def enable(self, sink: str) -> None:
        """Forget failures, pause and disablement: an operator has mended it."""
        self.save(sink, SinkState())


def _maybe_micros(at: datetime | None) -> int | None:
    return None if at is None else micros(at)
