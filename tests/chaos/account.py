"""What a cluster's faults came to: the ledger over Kafka and PostgreSQL, checked."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

from stream.event import decode
from stream.kafka.client import KafkaConsumer, TopicPartition, connect
from stream.kafka.options import KafkaOptions
from stream.server import Server
from tests.chaos.cluster import Cluster, errors_of
from tests.chaos.hooked import HOOK_AT_ONCE
from tests.support.ledger import Arrivals, Verdict, asking, check_alerts, check_arrivals

_TOPIC = "articles"
_READ_S = 30.0


def audit_cluster(cluster: Cluster, interruptions: int) -> Verdict:
    """End the processes and check everything they left behind.

    `interruptions` bounds the repeats at the sink: how often a deliverer was killed, frozen or cut off from
    the database, each time with at most HOOK_AT_ONCE sends whose end it could not note.
    """
    verdict = Verdict()
    verdict.violations += cluster.end()
    verdict.violations += errors_of(cluster.members)
    expected = cluster.expected()
    verdict.note("articles acknowledged", len(set(expected.urls)))
    _check_topic(cluster, set(expected.urls), verdict)
    with asking(Path(), Server(cluster.services.database_url)) as ask:
        check_alerts(ask, expected, verdict)
    arrivals = check_arrivals("hook", expected, cluster.receiver.receptions, verdict)
    _check_repeats(arrivals, interruptions, verdict)
    verdict.none("hook: without a valid signature", range(cluster.receiver.unsigned))
    verdict.note("pushes cut off and sent again", cluster.feeder.unanswered)
    return verdict


def _check_repeats(arrivals: Arrivals, interruptions: int, verdict: Verdict) -> None:
    repeats = sum(before.is_taken for of_alert in arrivals.values() for before, _ in pairwise(of_alert))
    at_most = interruptions * HOOK_AT_ONCE
    verdict.note("hook: taken, and sent again", repeats)
    verdict.none("hook: more sent again than was in flight", range(at_most, max(at_most, repeats)))


def _check_topic(cluster: Cluster, wanted: set[str], verdict: Verdict) -> None:
    """Every article is on the topic; how often one stands there twice is only noted: the inbox drops it."""
    options = KafkaOptions(bootstrap_servers=cluster.services.broker.bootstrap)
    consumer = connect(KafkaConsumer, options, enable_auto_commit=False, group_id=None)
    try:
        found = _read(consumer)
    finally:
        consumer.close()
    verdict.none("articles not on the topic", wanted - found.keys())
    verdict.none("articles on the topic never sent", found.keys() - wanted)
    verdict.note("records on the topic a second time", found.total() - len(found))


def _read(consumer: KafkaConsumer) -> Counter[str]:
    partitions = [TopicPartition(_TOPIC, number) for number in consumer.partitions_for_topic(_TOPIC) or ()]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions)
    found: Counter[str] = Counter()
    while any(consumer.position(one) < ends[one] for one in partitions):
        polled = consumer.poll(timeout_ms=1_000, max_records=2_000)
        found.update(decode(record.value).url or "" for records in polled.values() for record in records)
    return found
