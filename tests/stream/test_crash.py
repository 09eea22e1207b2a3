"""What survives a kill at any moment, and a power loss that cuts the write-ahead log at any byte."""

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.db import Database
from stream.event import decode
from stream.sqlite_log import SqliteLog
from tests.stream.articles import article

ROOT = Path(__file__).parents[2]
KILLS = 24


def names(log: SqliteLog) -> list[str]:
    found = log.read(1, 1_000_000)
    assert all(record.damage is None for record in found)
    return [decode(record.value).title.split()[2] for record in found]


def lines_until_killed(path: Path, generation: str, count: int) -> list[str]:
    """Start the process, kill it when it has said `count` lines, return all that it said."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.stream.crashing", str(path), generation],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(count)]
        process.kill()
        return lines + process.stdout.readlines()


def whole(lines: list[str]) -> Iterator[list[str]]:
    """The words of the lines that were written to their end."""
    yield from (line.split() for line in lines if line.endswith("\n"))


def test_given_a_process_killed_at_any_moment_when_started_again_then_nothing_acknowledged_is_lost(
    tmp_path: Path,
) -> None:
    path = tmp_path / "log.db"
    rng = random.Random(7)
    acknowledged: list[str] = []
    read: set[str] = set()

    for generation in range(KILLS):
        said = list(whole(lines_until_killed(path, f"g{generation}", rng.randrange(1, 60))))
        acknowledged += [words[1] for words in said if words[0] == "appended"]
        read |= {name for words in said if words[0] == "read" for name in words[1:]}

    with Database(path, SqliteLog.MIGRATIONS) as database:
        log = SqliteLog(database)
        held = names(log)
        consumer = log.consumer("alerts")
        while records := consumer.poll(500, timeout_s=0):
            read |= {decode(record.value).title.split()[2] for record in records}
        with database.read() as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert len(held) == len(set(held))
    assert {f"{name}.{part}" for name in acknowledged for part in range(3)} <= set(held)
    assert len(held) % 3 == 0  # no batch is half there
    assert read == set(held)


@pytest.fixture(scope="module")
def cut_log(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    """A log and its WAL as they lay on the disk, and the WAL's length when each batch was acknowledged."""
    live, copy = tmp_path_factory.mktemp("live"), tmp_path_factory.mktemp("copy")
    with Database(live / "log.db", SqliteLog.MIGRATIONS) as database:
        log = SqliteLog(database)
        database.checkpoint()
        lengths = []
        for batch in range(40):
            log.producer().append([article(f"{batch}.{part}", text="wave " * 300) for part in range(3)])
            lengths.append(database.wal_bytes)
        for file in live.iterdir():
            shutil.copy(file, copy / file.name)
    (copy / "log.db-shm").unlink()
    return copy, lengths


def opened_names(directory: Path) -> list[str]:
    with Database(directory / "log.db", SqliteLog.MIGRATIONS) as database:
        return names(SqliteLog(database))


def test_given_a_wal_cut_at_any_byte_when_opened_then_it_holds_whole_batches_up_to_the_cut(
    cut_log: tuple[Path, list[int]],
    tmp_path: Path,
) -> None:
    source, lengths = cut_log
    rng = random.Random(11)
    size = (source / "log.db-wal").stat().st_size

    for cut in [0, 1, 31, 32, size - 1, size, *(rng.randrange(size) for _ in range(100))]:
        shutil.copytree(source, tmp_path, dirs_exist_ok=True)
        with (tmp_path / "log.db-wal").open("r+b") as wal:
            wal.truncate(cut)
        held = opened_names(tmp_path)

        batches = len(held) // 3
        assert held == [f"{batch}.{part}" for batch in range(batches) for part in range(3)]
        assert batches == sum(length <= cut for length in lengths)


def test_given_a_wal_with_a_flipped_bit_when_opened_then_it_holds_whole_batches_before_it(
    cut_log: tuple[Path, list[int]],
    tmp_path: Path,
) -> None:
    source, lengths = cut_log
    rng = random.Random(13)
    intact = (source / "log.db-wal").read_bytes()

    for _ in range(30):
        shutil.copytree(source, tmp_path, dirs_exist_ok=True)
        at = rng.randrange(len(intact))
        flipped = bytearray(intact)
        flipped[at] ^= 1 << rng.randrange(8)
        (tmp_path / "log.db-wal").write_bytes(flipped)
        held = opened_names(tmp_path)

        assert len(held) % 3 == 0
        assert held == [f"{batch}.{part}" for batch in range(len(held) // 3) for part in range(3)]
        assert len(held) // 3 >= sum(length <= at for length in lengths) or at < 32
