"""A process to be killed: appends batches of three and reads them, saying on standard output what is safe.

`appended NAME`, after the batch of NAME is durable; `read NAME…` after a poll, before its commit.
"""

import sys
import threading
from pathlib import Path

from stream.db import Database
from stream.event import decode
from stream.sqlite_log import SqliteLog
from tests.stream.articles import article


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def append_forever(log: SqliteLog, prefix: str) -> None:
    producer = log.producer()
    batch = 0
    while True:
        name = f"{prefix}.{batch}"
        producer.append([article(f"{name}.{part}", story=prefix) for part in range(3)])
        say(f"appended {name}")
        batch += 1


def read_forever(log: SqliteLog) -> None:
    consumer = log.consumer("alerts")
    while True:
        records = consumer.poll(50, timeout_s=1)
        say("read " + " ".join(decode(record.value).title.split()[2] for record in records))
        if records:
            consumer.commit({0: records[-1].offset + 1})


def main(path: Path, generation: str) -> None:
    log = SqliteLog(Database(path, SqliteLog.MIGRATIONS))
    for thread in ("a", "b"):
        threading.Thread(target=append_forever, args=(log, f"{generation}{thread}"), daemon=True).start()
    read_forever(log)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
