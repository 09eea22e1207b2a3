"""Positions say of which log they are; those in an embedded log have one partition.

Where a log had several, its group stands now where the slowest of them stood; a partition that was never
read (-1) leaves it to the log's own note. What is read again, the inbox absorbs.
"""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"

_MERGE = """
    UPDATE positions SET owner_epoch = owner_epoch + 1, next_offset = (
        SELECT min(each.next_offset) FROM positions each
        WHERE each.consumer_group = positions.consumer_group AND each.topic = positions.topic)
    WHERE partition = 0 AND substr(topic, 1, 6) <> 'kafka:'"""
_REMOVE = "DELETE FROM positions WHERE partition > 0 AND substr(topic, 1, 6) <> 'kafka:'"


def upgrade() -> None:
    """Add the column, merge the partitions."""
    op.add_column("positions", sa.Column("lineage", sa.Text, nullable=False, server_default=""))
    op.execute(_MERGE)
    op.execute(_REMOVE)
