"""A store that an older Wirewatch made, carried over."""

from pathlib import Path

from ingest.item import Rejected
from ingest.store import ledger
from ingest.store.ingest_store import MIGRATIONS, IngestStore
from stream.db import Database
from stream.sqlite_log import SqliteLog
from stream.timing import utc_now


def test_given_a_store_of_version_2_when_opened_then_its_rejected_items_are_listed_as_before(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ingest.db"
    rejected = [Rejected("invalid", f"no. {n}", source, "[0]") for n, source in enumerate("aabab")]
    with Database(path, (*SqliteLog.MIGRATIONS, *MIGRATIONS[:2])) as old:
        for one in rejected:
            old.write(lambda connection, one=one: ledger.reject(connection, one.source, [one], utc_now()))  # type: ignore[misc]  # bound at once

    with Database(path, (*SqliteLog.MIGRATIONS, *MIGRATIONS)) as opened:
        store = IngestStore(opened, SqliteLog(opened), utc_now)

        assert [item.detail for item in store.rejected(source="a")] == ["no. 3", "no. 1", "no. 0"]
        assert [item.detail for item in store.rejected(limit=2)] == ["no. 4", "no. 3"]
        with opened.read() as connection:
            plan = connection.execute(
                "EXPLAIN QUERY PLAN SELECT number FROM ingest_rejected WHERE source = ? ORDER BY number DESC",
                ("a",),
            ).fetchall()
        assert "ingest_rejected_by_source" in str(plan)
