"""A Kafka cluster by its URL: settings of its clients, its topics, its errors."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import EarliestSpec, LatestSpec, OffsetSpec
from confluent_kafka.cimpl import NewTopic

from tastemaker.adapters.bus.sharing import Place
from tastemaker.core.errors import BusUnavailable, RequestInvalid

Found = TypeVar("Found")

EARLIEST: OffsetSpec = EarliestSpec()  # type: ignore[no-untyped-call]
LATEST: OffsetSpec = LatestSpec()  # type: ignore[no-untyped-call]

_ASK_AGAIN_S = 0.05
_NOT_YET = (
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.OFFSET_NOT_AVAILABLE,
    KafkaError.UNKNOWN_LEADER_EPOCH,
    KafkaError.FENCED_LEADER_EPOCH,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.NOT_COORDINATOR,
)
"""After a topic was made or its leader changed, and at the first question about a group."""

_REFUSED = (
    KafkaError.MSG_SIZE_TOO_LARGE,
    KafkaError.RECORD_LIST_TOO_LARGE,
    KafkaError.INVALID_RECORD,
    KafkaError.TOPIC_EXCEPTION,
)
"""What a message meets however often it is sent."""

_GONE = (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC)


@dataclass(frozen=True)
class KafkaLimits:
    """keep_s: of messages in topics made here. timeout_s: until the cluster counts as away.
    session_timeout_s: until a silent reader is dead. topic_settings: more of some of these topics,
    by topic, in Kafka's names."""

    n_partitions: int
    n_replicas: int
    keep_s: float
    timeout_s: float
    session_timeout_s: float
    topic_settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass
class KafkaCluster:
    """url: kafka://HOST:PORT,HOST:PORT?NAME=VALUE, the latter any setting of librdkafka."""

    url: str
    limits: KafkaLimits
    _known: set[str] = field(default_factory=set)
    _making: threading.Lock = field(default_factory=threading.Lock)
    _asking: dict[str, Consumer] = field(default_factory=dict)
    """By group: members of none, that only ask what it has read."""

    def __post_init__(self) -> None:
        self.admin = AdminClient(self.settings())

    def close(self) -> None:
        # Not closed one by one: each ends with the last call that still waits for its answer.
        with self._making:
            self._asking.clear()

    @property
    def servers(self) -> str:
        return urlsplit(self.url).netloc

    def settings(self, **more: str | float | bool) -> dict[str, str | float | bool]:
        """more: with underscores for dots."""
        # What librdkafka would print is raised as an error here.
        given: dict[str, str | float | bool] = {
            "bootstrap.servers": self.servers,
            "log_level": 0,
            "reconnect.backoff.max.ms": 1000,
        }
        given |= {name.replace("_", "."): one for name, one in more.items()}
        return given | dict(parse_qsl(urlsplit(self.url).query))

    def make_topics(self, topics: Sequence[str]) -> None:
        """Those that are not there yet."""
        with self._making:
            missing = [topic for topic in topics if topic not in self._known]
            if not missing:
                return
            limits = self.limits
            keep = {"retention.ms": str(int(limits.keep_s * 1000))}
            wanted = [
                NewTopic(
                    topic,
                    limits.n_partitions,
                    limits.n_replicas,
                    config={**keep, **limits.topic_settings.get(topic, {})},
                )
                for topic in missing
            ]
            made = self.admin.create_topics(wanted, request_timeout=limits.timeout_s)
            for future in made.values():
                try:
                    future.result()
                except KafkaException as error:
                    if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                        raise
            self._known.update(missing)
        for topic in missing:
            self.offsets(self.partitions(topic), EARLIEST)

    def partitions(self, topic: str) -> list[TopicPartition]:
        self.make_topics([topic])
        found = self.admin.list_topics(topic, timeout=self.limits.timeout_s).topics[topic]
        return [TopicPartition(topic, partition) for partition in sorted(found.partitions)]

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raises BusUnavailable, and RequestInvalid for a message that Kafka never takes."""
        try:
            yield
        except KafkaException as error:
            raise self.failure(error.args[0]) from error
        except UnicodeEncodeError as error:
            raise RequestInvalid("A text is not valid Unicode", where=self.servers) from error

    def failure(self, error: KafkaError) -> BusUnavailable | RequestInvalid:
        where = f"kafka://{self.servers}: {error}"
        if error.code() in _REFUSED:
            return RequestInvalid(
                "Kafka refuses the message",
                where=where,
                next_step="If it is too large, raise max.message.bytes of the topic.",
            )
        if error.code() in _GONE:
            # To be made again at the next use.
            self._known.clear()
        return BusUnavailable(
            "Kafka does not answer as it should",
            where=where,
            next_step="Check that it runs, may be reached and takes writes.",
        )

    def offsets(self, places: Sequence[TopicPartition], which: OffsetSpec) -> dict[Place, int]:
        def ask() -> dict[Place, int]:
            asked = self.admin.list_offsets(
                dict.fromkeys(places, which), request_timeout=self.limits.timeout_s
            )
            return {
                (place.topic, place.partition): future.result().offset
                for place, future in asked.items()
            }

        return self._once_ready(ask)

    def committed(self, places: Sequence[TopicPartition], group: str) -> dict[Place, int]:
        """The next offsets the group reads; 0 where it has read nothing."""

        asking = self._asking_for(group)

        def ask() -> dict[Place, int]:
            done = asking.committed(list(places), timeout=self.limits.timeout_s)
            for one in done:
                if one.error is not None:
                    raise KafkaException(one.error)
            return {(one.topic, one.partition): max(one.offset, 0) for one in done}

        return self._once_ready(ask)

    def _asking_for(self, group: str) -> Consumer:
        """The admin client could ask for all groups, but ends the process where a broker answers
        that it does not coordinate the group, as one does that just began (librdkafka 2.16)."""
        with self._making:
            if group not in self._asking:
                settings: dict[str, Any] = self.settings(group_id=group, enable_auto_commit=False)
                self._asking[group] = Consumer(settings)
            return self._asking[group]

    def _once_ready(self, ask: Callable[[], Found]) -> Found:
        """Waits where Kafka still makes what is asked about."""
        until = time.monotonic() + self.limits.timeout_s
        while True:
            try:
                return ask()
            except KafkaException as error:
                if error.args[0].code() not in _NOT_YET or time.monotonic() > until:
                    raise
            threading.Event().wait(_ASK_AGAIN_S)
