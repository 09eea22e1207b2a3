"""How long a sink was seen failing, and how long its pause was to be: seconds, which no clock can stretch.

A pause from before ends with the update, and the time a sink has failed is counted from zero.
"""

import sqlalchemy as sa
from alembic import op

revision = "r0005"
down_revision = "r0004"


def upgrade() -> None:
    """Add the two columns."""
    for name in ("failing_s", "pause_s"):
        op.add_column("sink_states", sa.Column(name, sa.Double, nullable=False, server_default="0"))
