"""The log on Apache Kafka: for more machines than one, with the contract of the embedded log."""

from stream.kafka.consumer import TopicConsumer
from stream.kafka.metrics import KafkaMetrics
from stream.kafka.options import KafkaOptions
from stream.kafka.producer import TopicProducer
from stream.kafka.publisher import Publisher


class KafkaLog:
    """A topic on Kafka, which `wirewatch kafka init` has made. Connects only when something is read or sent.

    An event appended twice stands there twice: its readers know it by its id and revision.
    """

    def __init__(self, options: KafkaOptions, metrics: KafkaMetrics | None = None) -> None:
        self._options = options
        self._metrics = metrics

    def producer(self) -> TopicProducer:
        """Return a new producer."""
        publisher = Publisher(self._options, self._options.topic, observer=self._metrics)
        return TopicProducer(publisher, self._metrics)

    def consumer(self, group: str) -> TopicConsumer:
        """Return a new consumer, which joins `group` at its first `poll`."""
        return TopicConsumer(self._options, self._options.topic, group, self._metrics)
