"""A log whose file is lost, put back or cut short at random, beside readers that keep their positions.

Each reader keeps offset and lineage as the alerts' database does. Whatever happens to the file, it must in
the end have read every record that is in the log, and learn of a loss before it reads on.
"""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from stream.db import Database
from stream.errors import PositionLostError
from stream.event import decode
from stream.log import Consumer
from stream.sqlite_log import SqliteLog
from tests.stream.articles import article


class LostLogModel(RuleBasedStateMachine):
    """One appending process, one reader; the file changes only while nobody has it open."""

    @initialize()
    def open(self) -> None:
        self.directory = Path(tempfile.mkdtemp())
        self.path = self.directory / "log.db"
        self.copies: list[tuple[Path, list[str]]] = []
        self.held: list[str] = []
        self.read: set[str] = set()
        self.position: tuple[int, str] | None = None
        self.count = 0
        self._open()

    def _open(self) -> None:
        self.database = Database(self.path, SqliteLog.MIGRATIONS)
        self.log = SqliteLog(self.database)
        self.consumer = self._reader()

    def _reader(self) -> Consumer:
        consumer = self.log.consumer("alerts")
        if self.position is not None:
            consumer.seek(0, *self.position)
        return consumer

    @rule(count=st.integers(1, 5))
    def append(self, count: int) -> None:
        names = [f"port{self.count + number}" for number in range(count)]
        self.count += count
        self.log.producer().append([article(name) for name in names])
        self.held += names

    @rule(most=st.integers(1, 9))
    def poll(self, most: int) -> None:
        try:
            records = self.consumer.poll(most, timeout_s=0)
        except PositionLostError:
            self.position = None
            return
        self.read |= {decode(record.value).title.split()[2] for record in records}
        if records:
            self.position = records[-1].offset + 1, records[-1].lineage
            self.consumer.commit({0: self.position[0]})

    @rule()
    def restart(self) -> None:
        self.database.close()
        self._open()

    @rule()
    def back_up(self) -> None:
        to = self.directory / f"copy{len(self.copies)}.db"
        self.database.backup(to)
        self.copies.append((to, list(self.held)))

    @rule()
    def lose(self) -> None:
        self._take_away()
        self.held = []
        self._open()

    @precondition(lambda self: self.copies)
    @rule(data=st.data())
    def put_back(self, data: st.DataObject) -> None:
        copy, held = data.draw(st.sampled_from(self.copies))
        self._take_away()
        shutil.copyfile(copy, self.path)
        self.held = list(held)
        self._open()

    def _take_away(self) -> None:
        self.database.close()
        for end in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)

    @invariant()
    def nothing_is_skipped(self) -> None:
        """Whoever reads to the end now has read all that the log holds."""
        if not hasattr(self, "database"):
            return
        reader, read = self._reader(), set(self.read)
        for _ in range(2):  # the first poll may say that the position was lost
            try:
                while records := reader.poll(50, timeout_s=0):
                    read |= {decode(record.value).title.split()[2] for record in records}
            except PositionLostError:
                continue
        assert set(self.held) <= read

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            shutil.rmtree(self.directory)


TestLostLogModel = LostLogModel.TestCase
TestLostLogModel.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
