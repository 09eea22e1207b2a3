"""The matcher on Kafka and PostgreSQL, against a bare loop of the client in the same run.

Consume, decode, match against 1,000 and 10,000 rules and commit to a PostgreSQL that syncs to its disk, in
events a second of processor time (`/core`); then the same work by one process and by two, on the clock, from
when each of them has matched something. The broker and the database run on the same machine: on two cores two
processes share with them what one has nearly to itself, so that their gain says little of machines apart.
"""

import argparse
import gc
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from prometheus_client import CollectorRegistry

from alerts.consume import Consume, ConsumeConfig, Rules
from alerts.metrics import AlertMetrics
from alerts.store.ledger import Ledger
from alerts.store.postgres import open_postgres
from bench.embedded import OneSink, articles, rules
from bench.kafka import BATCH, Figure, bare_consume, broker, measured, new_topic, our_produce
from bench.match_world import World
from stream.kafka.options import KafkaOptions
from stream.kafka_log import KafkaLog
from stream.server import Server
from stream.timing import utc_now
from tests.support.postgres import cluster, find_binaries, fresh_database

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = 20_000
MANY = 80_000
PARTITIONS = 4
_ROOT = Path(__file__).parents[1]


@contextmanager
def matcher(options: KafkaOptions, url: str, group: str, rule_count: int) -> "Iterator[Consume]":
    """The loop as the alerts role has it."""
    database = open_postgres(Server(url))
    consumer = KafkaLog(options).consumer(group)
    world = World()
    compiled = rules(world, rule_count)
    gc.collect()
    gc.freeze()
    try:
        yield Consume(
            consumer,
            Ledger(database, group, options.topic),
            Rules(compiled, OneSink()),
            AlertMetrics(CollectorRegistry()),
            utc_now,
            ConsumeConfig(max_records=BATCH, poll_timeout_s=0.2),
        )
    finally:
        consumer.close()
        database.close()


def match_all(options: KafkaOptions, server: str, rule_count: int) -> Figure:
    """Read the whole topic with so many rules."""
    with (
        fresh_database(server) as url,
        matcher(options, url, f"bench-{uuid.uuid4().hex}", rule_count) as consume,
    ):
        while not consume.step():  # joining the group is not what is measured
            pass

        def work() -> int:
            taken = 0
            while taken < EVENTS - PARTITIONS * BATCH:
                taken += consume.step()
            return taken

        return measured(f"consume, match {rule_count:,} rules, commit", work)


def work_for_ever(options: KafkaOptions, url: str, group: str) -> None:
    """One of several processes that share a group; it is killed when the work is done."""
    with matcher(options, url, group, 1_000) as consume:
        while not consume.step():
            pass
        print("reading", flush=True)
        while True:
            consume.step()


def rate_of(workers: int, options: KafkaOptions, server: str) -> float:
    """Events a second by so many processes, from when all of them read to when nothing is left."""
    group = f"bench-{uuid.uuid4().hex}"
    with fresh_database(server) as url, ExitStack() as held:
        command = [sys.executable, "-m", "bench.apart", "--worker", options.bootstrap_servers, options.topic]
        processes = [
            held.enter_context(
                subprocess.Popen([*command, url, group], cwd=_ROOT, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(workers)
        ]
        for process in processes:
            held.callback(process.kill)
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        with psycopg.connect(url, autocommit=True) as connection:
            return _rate(connection)


def _rate(connection: psycopg.Connection) -> float:
    began, before = time.monotonic(), _done(connection)
    while (done := _done(connection)) < MANY:
        time.sleep(0.02)
    if before > MANY // 2:
        print(f"only {done - before:,} events were left when all were reading")
    return (done - before) / (time.monotonic() - began)


def _done(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT sum(greatest(next_offset, 0)) FROM positions").fetchone()
    return int(row[0] or 0) if row else 0


def report(servers: str, server: str) -> None:
    """Measure and print."""
    options = new_topic(servers, PARTITIONS)
    our_produce(options, articles(World(), MANY))
    bare = measured("kafka-python alone: poll, decode", lambda: bare_consume(options, EVENTS))
    print(bare.row())
    for rule_count in (1_000, 10_000):
        found = match_all(options, server, rule_count)
        print(f"{found.row()}   {found.per_core / bare.per_core:.2f} of the bare loop")
    one, two = rate_of(1, options, server), rate_of(2, options, server)
    print(
        f"by one process {one:,.0f}/s, by two {two:,.0f}/s: {two / one:.2f}×; {os.cpu_count()} cores for all"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, or be one of the processes of a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", nargs=4, metavar=("SERVERS", "TOPIC", "URL", "GROUP"))
    found = parser.parse_args(arguments)
    if found.worker:
        servers, topic, url, group = found.worker
        work_for_ever(KafkaOptions(bootstrap_servers=servers, topic=topic, connect_timeout_s=30), url, group)
        return
    with broker() as given:
        if given is None or find_binaries() is None:
            print("no broker or no PostgreSQL here: nothing measured")
            return
        with cluster() as database:
            report(given, database.url)


if __name__ == "__main__":
    main()
