"""An index for the alerts of a watchlist, read from their newest end."""

from alembic import op

revision = "r0006"
down_revision = "r0005"


def upgrade() -> None:
    """Order the alerts of each watchlist as they are listed."""
    op.create_index("ix_alerts_watchlist", "alerts", ["watchlist", "created_at", "alert_id"])
