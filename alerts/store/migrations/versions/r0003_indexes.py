"""Indexes for lists that are read from their newest end, and for retention."""

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"


def upgrade() -> None:
    """Order alerts and deliveries as they are listed; find what is left of an article without a scan."""
    for name, columns in {
        "created_at": ["created_at", "alert_id", "status"],
        "rule": ["rule", "created_at", "alert_id"],
        "severity": ["severity", "created_at", "alert_id"],
        "status": ["status", "created_at", "alert_id"],
    }.items():
        op.drop_index(f"ix_alerts_{name}", "alerts")
        op.create_index(f"ix_alerts_{name}", "alerts", columns)
    op.create_index("ix_alerts_event", "alerts", ["event_id", "revision"])
    op.create_index("ix_deliveries_sink", "deliveries", ["sink", "created_at", "delivery_key"])
    op.create_index("ix_deliveries_created_at", "deliveries", ["created_at", "delivery_key"])
    dead = sa.text("state = 'dead'")
    op.create_index(
        "ix_deliveries_dead",
        "deliveries",
        ["created_at", "delivery_key"],
        sqlite_where=dead,
        postgresql_where=dead,
    )
    op.create_index("ix_dead_letters_reason", "dead_letters", ["reason", "id"])
    op.create_index("ix_dead_letters_kind", "dead_letters", ["kind", "reason", "id"])
