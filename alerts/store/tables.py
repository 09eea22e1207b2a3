"""The tables, as the code sees them now; how a database gets there is in `migrations/`.

`tests/alerts/test_database.py` proves that the migrations arrive exactly here.
"""

import sqlalchemy as sa

metadata = sa.MetaData()

SCHEMA = "r0006"
"""The newest migration: what a database must be at to have these tables."""

# SQLite numbers rows by itself only where the key is spelled INTEGER.
_Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

positions = sa.Table(
    "positions",
    metadata,
    sa.Column("consumer_group", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("next_offset", sa.BigInteger, nullable=False),  # -1: nothing committed yet, the log decides
    sa.Column("owner_epoch", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Column("lineage", sa.Text, nullable=False, server_default=""),  # of which log the offset is
    # Processes that began at `start_offset`, the last included, and neither advanced nor ended in order.
    sa.Column("starts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("start_offset", sa.BigInteger, nullable=False, server_default="-1"),
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("seen_at", sa.BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

# The article of an alert is kept once for all rules it matched: 100 rules are no 100 copies.
alert_events = sa.Table(
    "alert_events",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("encoded", sa.LargeBinary, nullable=False),
)

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("alert_id", sa.Text, primary_key=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("rule_title", sa.Text, nullable=False),
    sa.Column("rule_version", sa.Text, nullable=False),
    sa.Column("watchlist", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("status", sa.Text, sa.CheckConstraint("status IN ('live', 'test', 'backlog')"), nullable=False),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("tags", sa.Text, nullable=False),
    sa.Column("countries", sa.Text, nullable=False),
    sa.Column("theme", sa.Text),
    sa.Column("labels", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.ForeignKeyConstraint(["event_id", "revision"], ["alert_events.event_id", "alert_events.revision"]),
    # Lists go by (created_at, alert_id); retention asks what alerts an article has left.
    sa.Index("ix_alerts_created_at", "created_at", "alert_id", "status"),
    sa.Index("ix_alerts_rule", "rule", "created_at", "alert_id"),
    sa.Index("ix_alerts_severity", "severity", "created_at", "alert_id"),
    sa.Index("ix_alerts_status", "status", "created_at", "alert_id"),
    sa.Index("ix_alerts_watchlist", "watchlist", "created_at", "alert_id"),
    sa.Index("ix_alerts_event", "event_id", "revision"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("delivery_key", sa.Text, primary_key=True),
    sa.Column("alert_id", sa.Text, sa.ForeignKey("alerts.alert_id"), nullable=False, index=True),
    sa.Column("sink", sa.Text, nullable=False),
    sa.Column(
        "state",
        sa.Text,
        sa.CheckConstraint("state IN ('pending', 'sending', 'delivered', 'dead')"),
        nullable=False,
    ),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("queued_at", sa.BigInteger, nullable=False),  # moves when an operator queues it again
    sa.Column("next_attempt_at", sa.BigInteger, nullable=False),
    sa.Column("lease_until", sa.BigInteger),
    sa.Column("lease_epoch", sa.BigInteger, nullable=False),  # counts claims: the fence against zombies
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("settled_at", sa.BigInteger),
    # Holds the unsettled only, so that it stays small beside years of delivered rows.
    sa.Index(
        "ix_deliveries_due",
        "sink",
        "state",
        "next_attempt_at",
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    ),
    # Settling a delivery touches none of these, unless it is given up.
    sa.Index("ix_deliveries_sink", "sink", "created_at", "delivery_key"),
    sa.Index("ix_deliveries_created_at", "created_at", "delivery_key"),
    sa.Index(
        "ix_deliveries_dead",
        "created_at",
        "delivery_key",
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    ),
)

dead_letters = sa.Table(
    "dead_letters",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("kind", sa.Text, sa.CheckConstraint("kind IN ('record', 'delivery')"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("raw", sa.LargeBinary),  # at most 1 MB of a record
    sa.Column("topic", sa.Text),
    sa.Column("partition", sa.Integer),
    sa.Column("record_offset", sa.BigInteger),
    sa.Column("delivery_key", sa.Text),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
    sa.Column("retry_at", sa.BigInteger),  # when somebody asked for another try
    sa.Column("retried_at", sa.BigInteger),  # when it was made
    sa.Index("ix_dead_letters_reason", "reason", "id"),
    sa.Index("ix_dead_letters_kind", "kind", "reason", "id"),
    sa.Index(
        "ix_dead_letters_retry",
        "retry_at",
        sqlite_where=sa.text("retry_at IS NOT NULL AND retried_at IS NULL"),
        postgresql_where=sa.text("retry_at IS NOT NULL AND retried_at IS NULL"),
    ),
)

sink_states = sa.Table(
    "sink_states",
    metadata,
    sa.Column("sink", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("failing_since", sa.BigInteger),
    sa.Column("paused_until", sa.BigInteger),
    sa.Column("disabled_at", sa.BigInteger),
    sa.Column("disabled_detail", sa.Text, nullable=False),
    sa.Column("failing_s", sa.Double, nullable=False, server_default="0"),
    sa.Column("pause_s", sa.Double, nullable=False, server_default="0"),
)

rule_stats = sa.Table(
    "rule_stats",
    metadata,
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("matches", sa.BigInteger, nullable=False),
    sa.Column("last_match_at", sa.BigInteger, nullable=False),
)
