"""Tables of an older version, with what stood in them, become today's."""

from pathlib import Path

import pysqlite3.dbapi2 as driver
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from alerts.store.database import SCRIPTS, open_sqlite
from alerts.store.ledger import UNKNOWN, Ledger, Position
from tests.support.alerting import NOON

OLD = """
    INSERT INTO positions (consumer_group, topic, partition, next_offset, owner_epoch, updated_at) VALUES
    ('alerts', 'articles', 0, 500, 3, 1), ('alerts', 'articles', 1, 120, 3, 1),
    ('alerts', 'articles', 2, 480, 3, 1),
    ('alerts', 'half', 0, 500, 3, 1), ('alerts', 'half', 1, -1, 3, 1),
    ('alerts', 'kafka:articles', 0, 40, 3, 1), ('alerts', 'kafka:articles', 1, 7, 3, 1)"""


def make_first(path: Path) -> None:
    """Make a database as the first version made it, with positions in several partitions."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), module=driver)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "r0001")
        connection.execute(sa.text(OLD))
    engine.dispose()


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
    make_first(tmp_path / "alerts.db")

    database = open_sqlite(tmp_path / "alerts.db")

    assert Ledger(database, "alerts", topic).adopt(partition, NOON) == position
    with database.read() as connection:
        rows = connection.execute(sa.text("SELECT partition FROM positions WHERE topic = 'articles'")).all()
    assert len(rows) == 1
    database.close()
