"""The log against a plain list, over random histories with crashes, restarts and retention."""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from stream.db import Database
from stream.event import decode
from stream.sqlite_log import SqliteLog
from tests.stream.articles import article

if TYPE_CHECKING:
    from stream.log import Consumer

NAMES = st.sampled_from([f"port{n}" for n in range(25)])
GROUPS = ("alerts", "archive")


class LogModel(RuleBasedStateMachine):
    """`stored` is the whole log, one partition; a name is an event, its place in the list its place."""

    @initialize()
    def open(self) -> None:
        self.directory = Path(tempfile.mkdtemp())
        self.stored: list[str] = []
        self.offsets: list[int] = []
        self.removed = 0
        self.committed = dict.fromkeys(GROUPS, 0)
        self.polled = dict.fromkeys(GROUPS, 0)
        self._open()

    def _open(self) -> None:
        self.database = Database(self.directory / "log.db", SqliteLog.MIGRATIONS)
        self.log = SqliteLog(self.database)
        self.consumers: dict[str, Consumer] = {group: self.log.consumer(group) for group in GROUPS}
        self.polled = dict(self.committed)

    @rule(names=st.lists(NAMES, max_size=6))
    def append(self, names: list[str]) -> None:
        places = self.log.producer().append([article(name) for name in names])

        for name, place in zip(names, places, strict=True):
            assert place.is_new == (name not in self.stored[self.removed :])
            if place.is_new:
                self.stored.append(name)
                self.offsets.append(place.offset)
            newest = len(self.stored) - 1 - self.stored[::-1].index(name)
            assert place.offset == self.offsets[newest]

    @rule(group=st.sampled_from(GROUPS), most=st.integers(1, 8))
    def poll(self, group: str, most: int) -> None:
        expected = self.stored[max(self.polled[group], self.removed) :][:most]

        records = self.consumers[group].poll(most, timeout_s=0)

        assert [decode(record.value).title.split()[2] for record in records] == expected
        if expected:
            self.polled[group] = max(self.polled[group], self.removed) + len(expected)

    @rule(group=st.sampled_from(GROUPS), back=st.integers(0, 3))
    def commit(self, group: str, back: int) -> None:
        place = max(self.polled[group] - back, 0)
        self.consumers[group].commit({0: self._offset(place)})

        self.committed[group] = max(self.committed[group], place)

    @rule(group=st.sampled_from(GROUPS), place=st.integers(0, 30))
    def seek(self, group: str, place: int) -> None:
        self.polled[group] = min(place, len(self.stored))

        self.consumers[group].seek(0, self._offset(self.polled[group]))

    @rule(orderly=st.booleans())
    def restart(self, *, orderly: bool) -> None:
        for consumer in self.consumers.values():
            if orderly:
                consumer.close()
        self.database.close()
        self._open()

    @rule()
    def retain(self) -> None:
        gone = self.log.retain(datetime(9000, 1, 1, tzinfo=UTC), None)

        read_by_all = max(min(self.committed.values()), self.removed)
        assert gone == read_by_all - self.removed
        self.removed = read_by_all

    @invariant()
    def sums_agree(self) -> None:
        if hasattr(self, "log"):
            assert self.log.size().rows == len(self.stored) - self.removed
            assert self.log.lags() == {
                (group, 0): len(self.stored) - max(place, self.removed)
                for group, place in self.committed.items()
            }

    def _offset(self, place: int) -> int:
        """The offset of a place in the list: that of the record there, or the log's end."""
        return self.offsets[place] if place < len(self.offsets) else self.log.size().end_offset

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            shutil.rmtree(self.directory)


TestLogModel = LogModel.TestCase
TestLogModel.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
