import shutil
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.schema import CreateIndex, CreateTable

from alerts.store.database import Database, attach_sqlite, open_sqlite
from alerts.store.tables import SCHEMA, metadata
from stream.errors import LogFullError, StateError, StreamError


def test_given_a_new_file_when_opened_then_the_migrations_arrive_at_the_tables(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection)

        difference = compare_metadata(context, metadata)

    assert difference == []


def test_given_a_new_file_when_opened_then_commits_survive_a_power_loss(sqlite_database: Database) -> None:
    with sqlite_database.read() as connection:
        modes = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous")
        ]

    assert modes == ["wal", 2]


def test_given_data_when_opened_again_then_it_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "alerts.db"
    first = open_sqlite(path)
    with first.write() as connection:
        connection.execute(sa.text("INSERT INTO rule_stats VALUES ('a', 1, 2)"))
    first.close()

    second = open_sqlite(path)

    with second.read() as connection:
        assert connection.execute(sa.text("SELECT matches FROM rule_stats")).scalars().all() == [1]
    second.close()


def test_given_a_running_service_when_attached_then_its_data_is_seen_and_nothing_is_migrated(
    tmp_path: Path, sqlite_database: Database
) -> None:
    with sqlite_database.write() as connection:
        connection.execute(sa.text("INSERT INTO rule_stats VALUES ('a', 1, 2)"))

    attached = attach_sqlite(tmp_path / "alerts.db")

    with attached.read() as connection:
        assert connection.execute(sa.text("SELECT matches FROM rule_stats")).scalar_one() == 1
    attached.close()


def test_given_no_database_or_another_version_when_attached_then_it_is_refused(
    tmp_path: Path, sqlite_database: Database
) -> None:
    with sqlite_database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'r0000'"))

    with pytest.raises(StateError, match="no alerts database yet"):
        attach_sqlite(tmp_path / "other.db")
    with pytest.raises(StateError, match="its tables are r0000"):
        attach_sqlite(tmp_path / "alerts.db")

    assert not (tmp_path / "other.db").exists()


@pytest.mark.parametrize("url", ["sqlite://", "postgresql+psycopg://"])
def test_given_either_database_when_the_tables_are_spelled_then_it_knows_every_word(url: str) -> None:
    dialect = sa.make_url(url).get_dialect()()

    spelled = [str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables]
    indexes = [
        str(CreateIndex(i).compile(dialect=dialect)) for t in metadata.sorted_tables for i in t.indexes
    ]

    assert len(spelled) == 8
    assert sum("WHERE" in index for index in indexes) == 2


def test_given_the_migrations_when_listed_then_the_last_is_the_version_of_the_tables() -> None:
    config = Config()
    config.set_main_option("script_location", "alerts.store:migrations")

    assert ScriptDirectory.from_config(config).get_current_head() == SCHEMA


def test_given_a_newer_database_when_opened_then_it_is_refused_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "alerts.db"
    database = open_sqlite(path)
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'r9999'"))
    database.close()

    with pytest.raises(StateError, match="newer version"):
        open_sqlite(path)


def test_given_a_corrupt_file_when_opened_then_it_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "alerts.db"
    open_sqlite(path).close()
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 6] = b"\xa5" * (4096 * 5)
    path.write_bytes(content)

    with pytest.raises(StateError, match="corrupt"):
        open_sqlite(path)

    assert path.read_bytes() == content


def test_given_a_file_that_is_no_database_when_opened_then_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "alerts.db"
    path.write_bytes(b"dear diary\n" * 1_000)

    with pytest.raises(StateError):
        open_sqlite(path)


def test_given_a_migration_that_fails_when_opened_then_nothing_of_it_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations = tmp_path / "migrations"
    ours = Path(open_sqlite.__code__.co_filename).parent / "migrations"
    shutil.copytree(ours, migrations, ignore=shutil.ignore_patterns("__pycache__", "__init__.py"))
    (migrations / "versions" / "r9999_bad.py").write_text(
        "from alembic import op\n"
        f"revision = 'r9999'\ndown_revision = '{SCHEMA}'\n"
        "def upgrade():\n"
        "    op.execute('CREATE TABLE half (a)')\n"
        "    op.execute('SELECT * FROM nowhere')\n"
    )
    monkeypatch.setattr("alerts.store.database.SCRIPTS", str(migrations))

    with pytest.raises(StreamError):
        open_sqlite(tmp_path / "alerts.db")

    monkeypatch.undo()
    database = open_sqlite(tmp_path / "alerts.db")
    with database.read() as connection:
        assert "half" not in sa.inspect(connection).get_table_names()
    database.close()


def test_given_a_full_disk_when_writing_then_nothing_is_stored_and_it_resumes_by_itself(
    sqlite_database: Database,
) -> None:
    insert = sa.text("INSERT INTO alert_events VALUES ('a', 1, zeroblob(4000000))")
    with sqlite_database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def overfill() -> None:
        with sqlite_database.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 10}")
            connection.execute(insert)

    with pytest.raises(LogFullError):
        overfill()

    with sqlite_database.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        connection.execute(insert)
        assert connection.execute(sa.text("SELECT COUNT(*) FROM alert_events")).scalar_one() == 1


def test_given_two_writers_when_both_read_before_they_write_then_they_take_turns(
    sqlite_database: Database,
) -> None:
    with sqlite_database.write() as connection:
        connection.execute(sa.text("INSERT INTO rule_stats VALUES ('a', 0, 0)"))

    def count() -> None:
        for _ in range(20):
            with sqlite_database.write() as connection:
                seen = connection.execute(sa.text("SELECT matches FROM rule_stats")).scalar_one()
                connection.execute(sa.text("UPDATE rule_stats SET matches = :n"), {"n": seen + 1})

    threads = [threading.Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    with sqlite_database.read() as connection:
        assert connection.execute(sa.text("SELECT matches FROM rule_stats")).scalar_one() == 60
