"""How large messages in Kafka are: by the newest of them, since its own count of bytes cannot be
asked for by this client."""

import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any
from uuid import uuid4

from confluent_kafka import Consumer, Message, TopicPartition

from tastemaker.adapters.bus.kafka_cluster import KafkaCluster
from tastemaker.adapters.bus.kafka_subscription import headers_of
from tastemaker.adapters.bus.sharing import Place

_OF_A_PARTITION = 20
_LIMIT_S = 2.0


def mean_bytes(
    cluster: KafkaCluster, first: Mapping[Place, int], end: Mapping[Place, int]
) -> float:
    """first, end: offsets of the oldest message and of the next to come. 0.0 where none is seen.

    Raises KafkaException.
    """
    starts = {place: max(first[place], end[place] - _OF_A_PARTITION) for place in end}
    n_wanted = sum(end[place] - start for place, start in starts.items())
    if not n_wanted:
        return 0.0
    # In no group: nothing is committed, nobody has to share with it.
    settings: dict[str, Any] = cluster.settings(
        group_id=f"sizes-{uuid4().hex}", enable_auto_commit=False
    )
    sizes: list[int] = []
    with closing(Consumer(settings)) as consumer:
        consumer.assign([TopicPartition(*place, start) for place, start in starts.items()])
        until_s = time.monotonic() + _LIMIT_S
        while len(sizes) < n_wanted and time.monotonic() < until_s:
            found = consumer.consume(n_wanted - len(sizes), timeout=_LIMIT_S / 10)
            sizes += [_bytes(one) for one in found if one.error() is None]
    return sum(sizes) / len(sizes) if sizes else 0.0


def _bytes(message: Message) -> int:
    n_bytes = sum(len(name) + len(text) for name, text in headers_of(message))
    return n_bytes + len(message.key() or b"") + len(message.value() or b"")
