"""What kills a matcher is set aside as a dead letter, and everything behind it goes on.

A batch that ends the process is read again by the next one, which it ends too. So where two processes in turn
began to read and died before they came any further, the third has the batch matched in a process of its own
first (`alerts.killers`), and leaves out what kills that.
"""

import logging
import subprocess
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from alerts.batch import DETAIL_LIMIT_CHARS, DeadRecord
from alerts.killers import Killer
from alerts.store.ledger import Position
from stream.log import Record

logger = logging.getLogger(__name__)

FindKillers = Callable[[Sequence[Record]], Sequence[DeadRecord]]

MOST_STARTS = 2
"""Processes that may begin at a position and die; with the next one its records are suspect."""

_LONGEST_S = 240.0  # Kafka takes a partition from a consumer that does not poll for five minutes
_SHOWN_BYTES = 500


def find_none(_records: Sequence[Record]) -> Sequence[DeadRecord]:
    """Find nothing that kills: for who matches nothing but words."""
    return ()


class Quarantine:
    """Decides which records are tried elsewhere before they are matched here."""

    def __init__(self, find_killers: FindKillers) -> None:
        self._find_killers = find_killers
        self._found_some = False

    def sort_out(
        self, records: Sequence[Record], owned: Mapping[int, Position]
    ) -> tuple[list[Record], Sequence[DeadRecord]]:
        """The records that can be matched here, and those that would have killed us.

        They are tried elsewhere where others have died, and while the last that were tried had such records
        among them: a rule that kills with one article does so with the next.
        """
        dead_ends = {partition for partition, position in owned.items() if position.starts > MOST_STARTS}
        suspects = sorted(dead_ends.intersection(record.partition for record in records))
        if not suspects and not self._found_some:
            return list(records), ()
        logger.warning(
            "matchers died here, trying each record in a process of its own",
            extra={"partitions": suspects, "records": len(records)},
        )
        return self.try_all(records)

    def try_all(self, records: Sequence[Record]) -> tuple[list[Record], Sequence[DeadRecord]]:
        """Do as `sort_out`, with all records: for those that somebody wants tried again."""
        killers = self._find_killers(records)
        self._found_some = bool(killers)
        places = {_place(killer.record) for killer in killers}
        return [record for record in records if _place(record) not in places], killers


class KillerSearch:
    """Runs a program that reads records as a JSON list of base64 and writes a Killer a line."""

    def __init__(self, command: Sequence[str], longest_s: float = _LONGEST_S) -> None:
        self._command = tuple(command)
        self._longest_s = longest_s

    def __call__(self, records: Sequence[Record]) -> Sequence[DeadRecord]:
        """The records that kill, as dead letters; those found in time when the program has to be ended."""
        request = msgspec.json.encode([record.value for record in records])
        said, trouble = self._run(request)
        if trouble:
            logger.error("search for what kills matchers failed", extra={"reason": trouble})
        return [_buried(killer, records) for killer in _killers(said, len(records))]

    def _run(self, request: bytes) -> tuple[bytes, str]:
        """What the program wrote, and what went wrong with it."""
        try:
            ended = subprocess.run(
                self._command, input=request, capture_output=True, timeout=self._longest_s, check=False
            )
        except subprocess.TimeoutExpired as late:
            return late.output or b"", f"it took more than {self._longest_s:g} s"
        except OSError as error:
            return b"", str(error)
        said = ended.stderr[-_SHOWN_BYTES:].decode(errors="replace")
        return ended.stdout, f"it ended with {ended.returncode}: {said}" if ended.returncode else ""


def _killers(said: bytes, count: int) -> Collection[Killer]:
    lines = said.split(b"\n")[:-1]  # behind the last line end: nothing, or what was cut off
    killers = [msgspec.json.decode(line, type=Killer) for line in lines]
    return [killer for killer in killers if 0 <= killer.number < count]


def _buried(killer: Killer, records: Sequence[Record]) -> DeadRecord:
    record = records[killer.number]
    blame = f"rule {killer.rule}" if killer.rule else "no rule alone"
    logger.error(
        "a record kills the matcher, set aside",
        extra={
            "partition": record.partition,
            "offset": record.offset,
            "ending": killer.ending,
            "rule": killer.rule,
        },
    )
    detail = f"ended the process that matched it ({killer.ending}); by {blame}"
    return DeadRecord("matcher_killed", detail[:DETAIL_LIMIT_CHARS], record)


def _place(record: Record) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset
