"""The bus on Kafka."""

from collections.abc import Sequence
from datetime import datetime

from confluent_kafka import TopicPartition
from confluent_kafka.admin._listoffsets import TimestampSpec

from tastemaker.adapters.bus.kafka_cluster import EARLIEST, LATEST, KafkaCluster, KafkaLimits
from tastemaker.adapters.bus.kafka_producer import KafkaProducer
from tastemaker.adapters.bus.kafka_sizes import mean_bytes
from tastemaker.adapters.bus.kafka_subscription import KafkaSubscription
from tastemaker.core.clock import Clock
from tastemaker.core.kept import Kept
from tastemaker.core.message import Message
from tastemaker.store.instants import to_us


class KafkaBus:
    """Topics are made on their first use. clock: stamps the messages."""

    def __init__(self, url: str, clock: Clock, limits: KafkaLimits) -> None:
        self._cluster = KafkaCluster(url, limits)
        self._clock = clock
        self._producer = KafkaProducer(self._cluster)

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        if not messages:
            return
        with self._cluster.errors():
            self._cluster.make_topics([topic])
            self._producer.write(topic, messages, _ms(self._clock()))

    def subscribe(self, topics: Sequence[str], group: str) -> KafkaSubscription:
        return KafkaSubscription(self._cluster, topics, group)

    def lag(self, topic: str, group: str) -> int:
        with self._cluster.errors():
            places = self._cluster.partitions(topic)
            done = self._cluster.committed(places, group)
            first = self._cluster.offsets(places, EARLIEST)
            end = self._cluster.offsets(places, LATEST)
        return sum(max(end[place] - max(done[place], first[place]), 0) for place in end)

    def kept(self, topic: str) -> Kept:
        with self._cluster.errors():
            places = self._cluster.partitions(topic)
            first = self._cluster.offsets(places, EARLIEST)
            end = self._cluster.offsets(places, LATEST)
            n = sum(end[place] - first[place] for place in end)
            return Kept(n, round(n * mean_bytes(self._cluster, first, end)))

    def prune(self, topic: str, before: datetime, read_by: str | None = None) -> None:
        with self._cluster.errors():
            places = self._cluster.partitions(topic)
            read = None if read_by is None else self._cluster.committed(places, read_by)
            end = self._cluster.offsets(places, LATEST)
            found = self._cluster.offsets(places, TimestampSpec(_ms(before)))
            # Less than zero where all are older.
            kept = {place: found[place] if found[place] >= 0 else end[place] for place in end}
            if read is not None:
                kept = {place: min(offset, read[place]) for place, offset in kept.items()}
            deleted = self._cluster.admin.delete_records(
                [TopicPartition(*place, offset) for place, offset in kept.items()],
                request_timeout=self._cluster.limits.timeout_s,
            )
            for future in deleted.values():
                future.result()

    def close(self) -> None:
        self._producer.close()
        self._cluster.close()


def _ms(at: datetime) -> int:
    return to_us(at) // 1000
