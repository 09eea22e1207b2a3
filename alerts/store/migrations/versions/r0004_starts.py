"""How often a matcher has begun at a position: more than twice, and something there kills it."""

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"


def upgrade() -> None:
    """Add the counts to the positions."""
    op.add_column("positions", sa.Column("starts", sa.Integer, nullable=False, server_default="0"))
    op.add_column("positions", sa.Column("start_offset", sa.BigInteger, nullable=False, server_default="-1"))
