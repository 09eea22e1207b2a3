"""A disk that is really full: a small file system of our own, where the system lets us mount one."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.db import Database
from stream.errors import LogFullError
from stream.event import decode
from stream.sqlite_log import SqliteLog
from tests.stream.articles import article


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("needs root to mount a small file system")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def held(log: SqliteLog) -> list[str]:
    return [decode(record.value).title.split()[2] for record in log.read(1, 100_000)]


def test_given_no_room_for_a_backup_when_backed_up_then_it_says_so_and_leaves_no_half_copy(
    small_disk: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("roomy") / "log.db"
    with Database(path, SqliteLog.MIGRATIONS) as database:
        log = SqliteLog(database)
        log.producer().append([article(f"port{n}", text=secrets.token_hex(4_000)) for n in range(400)])

        with pytest.raises(LogFullError):
            database.backup(small_disk / "copy.db")

        assert [file.name for file in small_disk.iterdir() if file.name.startswith("copy.db")] == []
        assert log.size().rows == 400


def append_until_full(log: SqliteLog) -> list[str]:
    stored: list[str] = []
    for batch in range(1_000):
        names = [f"{batch}.{part}" for part in range(3)]
        try:
            log.producer().append([article(name, text=name * 2_000) for name in names])
        except LogFullError:
            return stored
        stored += names
    pytest.fail("the disk never filled up")


def test_given_a_disk_that_fills_up_when_appended_then_batches_are_whole_and_it_recovers_by_itself(
    small_disk: Path,
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(400_000))
    with Database(small_disk / "log.db", SqliteLog.MIGRATIONS) as database:
        log = SqliteLog(database)

        stored = append_until_full(log)

        assert stored
        assert held(log) == stored
        ballast.unlink()
        log.producer().append([article("after")])
        assert held(log) == [*stored, "after"]
    with Database(small_disk / "log.db", SqliteLog.MIGRATIONS) as database:
        assert held(SqliteLog(database)) == [*stored, "after"]
