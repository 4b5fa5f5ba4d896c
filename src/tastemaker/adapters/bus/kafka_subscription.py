"""One reader of a Kafka cluster."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from tastemaker.adapters.bus.foreign import readable
from tastemaker.adapters.bus.kafka_cluster import KafkaCluster
from tastemaker.adapters.bus.kafka_producer import MESSAGE_ID
from tastemaker.adapters.bus.sharing import Place
from tastemaker.core.message import Delivery, Message

log = structlog.get_logger(__name__)

_LONGEST_WORK_MS = 3_600_000
"""Between two polls; the members that join meanwhile wait for it."""

_BEATS_A_SESSION = 4
_REBALANCING = (
    KafkaError.ILLEGAL_GENERATION,
    KafkaError.REBALANCE_IN_PROGRESS,
    KafkaError.UNKNOWN_MEMBER_ID,
    KafkaError._ASSIGNMENT_LOST,
)


class KafkaSubscription:
    def __init__(self, cluster: KafkaCluster, topics: Sequence[str], group: str) -> None:
        self._cluster = cluster
        self._done: dict[Place, int] = {}
        """The next offset to read, of places whose commit is not confirmed yet."""
        self._trouble: KafkaError | None = None
        session_ms = int(cluster.limits.session_timeout_s * 1000)
        with cluster.errors():
            cluster.make_topics(topics)
            settings: dict[str, Any] = cluster.settings(
                group_id=group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                partition_assignment_strategy="cooperative-sticky",
                session_timeout_ms=session_ms,
                heartbeat_interval_ms=session_ms // _BEATS_A_SESSION,
                max_poll_interval_ms=_LONGEST_WORK_MS,
            )
            self._consumer = Consumer({**settings, "error_cb": self._on_trouble})
            self._consumer.subscribe(
                list(topics), on_revoke=self._on_revoked, on_lost=self._on_lost
            )

    def poll(self, max_messages: int, timeout_s: float) -> Sequence[Delivery]:
        with self._cluster.errors():
            self._commit()
            # `consume` waits until it has all it was asked for: first one, then what else is there.
            first = self._consumer.poll(timeout_s)
            found = [] if first is None else [first]
            if found and max_messages > 1:
                found += self._consumer.consume(max_messages - 1, timeout=0)
        deliveries = [_delivery(one) for one in found if one.error() is None]
        self._raise_trouble(found, deliveries)
        return deliveries

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            partition, offset = map(int, delivery.token.split(":"))
            self._done[delivery.topic, partition] = offset + 1
        with self._cluster.errors():
            self._commit()

    def close(self) -> None:
        with suppress(KafkaException):
            self._commit()
        self._consumer.close()

    def _commit(self) -> None:
        """What was done in places that are this member's; the rest is another's to do again."""
        if not self._done:
            return
        mine = {(one.topic, one.partition) for one in self._consumer.assignment()}
        self._done = {place: offset for place, offset in self._done.items() if place in mine}
        offsets = [TopicPartition(*place, offset) for place, offset in self._done.items()]
        if not offsets:
            return
        try:
            self._consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            if error.args[0].code() not in _REBALANCING:
                raise
            return  # tried again at the next poll
        self._done.clear()

    def _on_revoked(self, consumer: Consumer, places: Sequence[TopicPartition]) -> None:
        with suppress(KafkaException):
            self._commit()
        consumer.incremental_unassign(list(places))

    def _on_lost(self, consumer: Consumer, places: Sequence[TopicPartition]) -> None:
        consumer.incremental_unassign(list(places))

    def _raise_trouble(self, found: Sequence[Any], deliveries: Sequence[Delivery]) -> None:
        """What was read is delivered all the same: then the trouble is only named."""
        errors: list[KafkaError] = [one.error() for one in found if one.error() is not None]
        if self._trouble is not None:
            errors.append(self._trouble)
            self._trouble = None
        if errors and not deliveries:
            raise self._cluster.failure(errors[0])
        for error in errors:
            log.warning("kafka reads with trouble", why=str(error))

    def _on_trouble(self, error: KafkaError) -> None:
        if error.code() in (KafkaError._ALL_BROKERS_DOWN, KafkaError._AUTHENTICATION):
            self._trouble = error


def headers_of(found: Any) -> list[tuple[str, bytes]]:
    """Of a message of the client."""
    try:
        return [(name, text or b"") for name, text in found.headers() or []]
    except SystemError:
        # What the client makes of a name that is no UTF-8.
        return []


def _delivery(found: Any) -> Delivery:
    headers = {name: readable(text) for name, text in headers_of(found)}
    message_id = headers.pop(MESSAGE_ID, f"{found.topic()}:{found.partition()}:{found.offset()}")
    message = Message(message_id, readable(found.key() or b""), found.value() or b"", headers)
    return Delivery(found.topic(), message, f"{found.partition()}:{found.offset()}")
