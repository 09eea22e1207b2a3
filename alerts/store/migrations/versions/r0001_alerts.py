"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None

_Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNSETTLED = sa.text("settled_at IS NULL")
_RETRYING = sa.text("retry_at IS NOT NULL AND retried_at IS NULL")


def upgrade() -> None:
    """Create everything."""
    _reading()
    _alerts()
    _deliveries()
    _dead_letters()
    _states()


def _reading() -> None:
    op.create_table(
        "positions",
        sa.Column("consumer_group", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("partition", sa.Integer, primary_key=True),
        sa.Column("next_offset", sa.BigInteger, nullable=False),
        sa.Column("owner_epoch", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_inbox_seen_at", "inbox", ["seen_at"])


def _alerts() -> None:
    op.create_table(
        "alert_events",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("encoded", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "alerts",
        sa.Column("alert_id", sa.Text, primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("rule", "rule_title", "rule_version", "watchlist", "severity")
        ),
        sa.Column(
            "status", sa.Text, sa.CheckConstraint("status IN ('live', 'test', 'backlog')"), nullable=False
        ),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("countries", sa.Text, nullable=False),
        sa.Column("theme", sa.Text),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["event_id", "revision"], ["alert_events.event_id", "alert_events.revision"]),
    )
    op.create_index("ix_alerts_created_at", "alerts", ["created_at"])
    op.create_index("ix_alerts_rule", "alerts", ["rule", "created_at"])
    op.create_index("ix_alerts_severity", "alerts", ["severity", "created_at"])
    op.create_index("ix_alerts_status", "alerts", ["status", "created_at"])


def _deliveries() -> None:
    states = "state IN ('pending', 'sending', 'delivered', 'dead')"
    op.create_table(
        "deliveries",
        sa.Column("delivery_key", sa.Text, primary_key=True),
        sa.Column("alert_id", sa.Text, sa.ForeignKey("alerts.alert_id"), nullable=False),
        sa.Column("sink", sa.Text, nullable=False),
        sa.Column("state", sa.Text, sa.CheckConstraint(states), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("queued_at", sa.BigInteger, nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("lease_epoch", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("settled_at", sa.BigInteger),
    )
    op.create_index("ix_deliveries_alert_id", "deliveries", ["alert_id"])
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["sink", "state", "next_attempt_at"],
        sqlite_where=_UNSETTLED,
        postgresql_where=_UNSETTLED,
    )


def _dead_letters() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("id", _Serial, primary_key=True),
        sa.Column("kind", sa.Text, sa.CheckConstraint("kind IN ('record', 'delivery')"), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("raw", sa.LargeBinary),
        sa.Column("topic", sa.Text),
        sa.Column("partition", sa.Integer),
        sa.Column("record_offset", sa.BigInteger),
        sa.Column("delivery_key", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("retry_at", sa.BigInteger),
        sa.Column("retried_at", sa.BigInteger),
    )
    op.create_index("ix_dead_letters_at", "dead_letters", ["at"])
    op.create_index(
        "ix_dead_letters_retry",
        "dead_letters",
        ["retry_at"],
        sqlite_where=_RETRYING,
        postgresql_where=_RETRYING,
    )


def _states() -> None:
    op.create_table(
        "sink_states",
        sa.Column("sink", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", sa.BigInteger),
        sa.Column("paused_until", sa.BigInteger),
        sa.Column("disabled_at", sa.BigInteger),
        sa.Column("disabled_detail", sa.Text, nullable=False),
    )
    op.create_table(
        "rule_stats",
        sa.Column("rule", sa.Text, primary_key=True),
        sa.Column("matches", sa.BigInteger, nullable=False),
        sa.Column("last_match_at", sa.BigInteger, nullable=False),
    )
