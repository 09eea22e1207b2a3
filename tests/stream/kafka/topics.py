"""Topics for one test each, and what is published to them."""

from dataclasses import dataclass
from typing import Any

from kafka import TopicPartition

from stream.kafka.options import KafkaOptions
from stream.kafka_log import KafkaLog
from stream.log import Appended
from tests.stream.articles import article
from tests.support.kafka import Broker, admin_of, make_topic, new_topic, options_of
from tests.support.waiting import wait_for


@dataclass
class Topic:
    """A topic, and a group named after it."""

    broker: Broker
    name: str
    group: str

    def options(self, **more: Any) -> KafkaOptions:
        return options_of(self.broker, self.name, **more)

    def log(self, **more: Any) -> KafkaLog:
        return KafkaLog(self.options(**more))

    def append(self, *names: str, text: str | None = None, **more: Any) -> list[Appended]:
        producer = self.log(**more).producer()
        try:
            return producer.append([article(name, text=text) for name in names])
        finally:
            producer.close()

    def remove_before(self, offset: int) -> None:
        """What retention does in the end."""
        with admin_of(self.broker) as admin:
            admin.delete_records({TopicPartition(self.name, 0): offset})

    def delete(self) -> None:
        with admin_of(self.broker) as admin:
            admin.delete_topics([self.name])
            wait_for(lambda: self.name not in admin.list_topics())

    def make(self) -> None:
        make_topic(self.broker, self.name)

    def make_anew(self) -> None:
        self.delete()
        self.make()


def topic_on(broker: Broker, partitions: int = 1, **config: str) -> Topic:
    name = new_topic(broker, partitions, **config)
    return Topic(broker, name, f"{name}.alerts")
