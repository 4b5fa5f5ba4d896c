"""Writing to Kafka: idempotent, confirmed by every replica in step."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import KafkaError, Producer

from tastemaker.adapters.bus.kafka_cluster import KafkaCluster
from tastemaker.core.errors import BusUnavailable
from tastemaker.core.message import Message

MESSAGE_ID = "message-id"
_POLL_S = 0.1
_LINGER_MS = 2
_MAX_MESSAGE_BYTES = 10**9
"""The most that can be said: what is too large, the topic knows."""


@dataclass
class _Batch:
    """Messages of one call that are on their way."""

    n_left: int
    error: KafkaError | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def on_delivery(self, error: KafkaError | None, _: Any) -> None:
        """Called by one thread."""
        self.error = self.error or error
        self.n_left -= 1
        if not self.n_left:
            self.done.set()


class KafkaProducer:
    """One thread hears what became of the messages; the callers wait for theirs."""

    def __init__(self, cluster: KafkaCluster) -> None:
        self._cluster = cluster
        self._producer = self._open()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="kafka-deliveries", daemon=True)
        self._thread.start()

    def write(self, topic: str, messages: Iterable[Message], at_ms: int) -> None:
        """Raises BusUnavailable where one of them is not confirmed in time, RequestInvalid where
        it never will be."""
        messages = list(messages)
        batch = _Batch(len(messages))
        producer = self._producer
        for message in messages:
            self._enqueue(producer, topic, message, at_ms, batch)
        # Each message is confirmed or given up within its own time limit.
        batch.done.wait(2 * self._cluster.limits.timeout_s)
        error = batch.error
        if not batch.done.is_set():
            error = KafkaError(KafkaError._MSG_TIMED_OUT)
        if error is not None:
            if error.fatal():
                # Nothing can be written by this one any more.
                self._producer = self._open()
            raise self._cluster.failure(error)

    def close(self) -> None:
        self._closed.set()
        self._thread.join()
        self._producer.flush(self._cluster.limits.timeout_s)

    def _enqueue(
        self, producer: Producer, topic: str, message: Message, at_ms: int, batch: _Batch
    ) -> None:
        headers: Any = [(MESSAGE_ID, message.message_id.encode())]
        headers += [(name, text.encode()) for name, text in message.headers.items()]
        while True:
            try:
                producer.produce(
                    topic,
                    message.value,
                    message.key.encode() or None,
                    on_delivery=batch.on_delivery,
                    timestamp=at_ms,
                    headers=headers,
                )
                return
            except BufferError:
                # The queue is full: messages leave it when they are confirmed or given up.
                if self._closed.wait(_POLL_S / 10):
                    raise BusUnavailable("The bus is closing") from None

    def _listen(self) -> None:
        while not self._closed.is_set():
            self._producer.poll(_POLL_S)

    def _open(self) -> Producer:
        timeout_ms = int(self._cluster.limits.timeout_s * 1000)
        return Producer(
            self._cluster.settings(
                acks="all",
                enable_idempotence=True,
                linger_ms=_LINGER_MS,
                message_timeout_ms=timeout_ms,
                message_max_bytes=_MAX_MESSAGE_BYTES,
                # As the Java clients do it, so that everybody's messages of a key meet.
                partitioner="murmur2_random",
            )
        )
