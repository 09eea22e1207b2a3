"""Tables of an older version, with what stood in them, become today's."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from alerts.store.database import SCRIPTS, Database, open_sqlite
from alerts.store.ledger import UNKNOWN, Ledger, Position
from tests.support.alerting import NOON

OLD = """
    INSERT INTO positions (consumer_group, topic, partition, next_offset, owner_epoch, updated_at) VALUES
    ('alerts', 'articles', 0, 500, 3, 1), ('alerts', 'articles', 1, 120, 3, 1),
    ('alerts', 'articles', 2, 480, 3, 1),
    ('alerts', 'half', 0, 500, 3, 1), ('alerts', 'half', 1, -1, 3, 1),
    ('alerts', 'kafka:articles', 0, 40, 3, 1), ('alerts', 'kafka:articles', 1, 7, 3, 1)"""


def go_back(database: Database) -> None:
    """Let the tables be as the first version made them, with positions in several partitions."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    with database.write() as connection:
        connection.execute(sa.text("ALTER TABLE positions DROP COLUMN lineage"))
        connection.execute(sa.text("DELETE FROM positions"))
        connection.execute(sa.text(OLD))
        config.attributes["connection"] = connection
        command.stamp(config, "r0001")


@pytest.mark.parametrize(
    ("topic", "partition", "position"),
    [
        ("articles", 0, Position(120, 5)),  # where the slowest stood
        ("half", 0, Position(UNKNOWN, 5)),  # one was never read: the log's own note counts
        ("kafka:articles", 0, Position(40, 4)),
        ("kafka:articles", 1, Position(7, 4)),
    ],
)
def test_given_positions_in_several_partitions_when_migrated_then_no_record_is_left_out(
    tmp_path: Path, topic: str, partition: int, position: Position
) -> None:
    old = open_sqlite(tmp_path / "alerts.db")
    go_back(old)
    old.close()

    database = open_sqlite(tmp_path / "alerts.db")

    assert Ledger(database, "alerts", topic).adopt(partition, NOON) == position
    with database.read() as connection:
        rows = connection.execute(sa.text("SELECT partition FROM positions WHERE topic = 'articles'")).all()
    assert len(rows) == 1
    database.close()
