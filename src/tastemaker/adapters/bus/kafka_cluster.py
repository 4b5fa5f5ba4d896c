"""A Kafka cluster by its URL: settings of its clients, its topics, its errors."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import EarliestSpec, LatestSpec, OffsetSpec
from confluent_kafka.cimpl import NewTopic

from tastemaker.adapters.bus.sharing import Place
from tastemaker.core.errors import BusUnavailable, RequestInvalid

EARLIEST: OffsetSpec = EarliestSpec()  # type: ignore[no-untyped-call]
LATEST: OffsetSpec = LatestSpec()  # type: ignore[no-untyped-call]

_ASK_AGAIN_S = 0.05
_NO_LEADER_YET = (
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.OFFSET_NOT_AVAILABLE,
)


@dataclass(frozen=True)
class KafkaLimits:
    """keep_s: of messages in topics made here. timeout_s: until the cluster counts as away.
    session_timeout_s: until a silent reader is dead."""

    n_partitions: int
    n_replicas: int
    keep_s: float
    timeout_s: float
    session_timeout_s: float


@dataclass
class KafkaCluster:
    """url: kafka://HOST:PORT,HOST:PORT?NAME=VALUE, the latter any setting of librdkafka."""

    url: str
    limits: KafkaLimits
    _known: set[str] = field(default_factory=set)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.admin = AdminClient(self.settings())

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
                NewTopic(topic, limits.n_partitions, limits.n_replicas, config=keep)
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
        try:
            yield
        except KafkaException as error:
            raise self.away(error.args[0]) from error
        except UnicodeEncodeError as error:
            raise RequestInvalid("A text is not valid Unicode", where=self.servers) from error

    def away(self, error: KafkaError) -> BusUnavailable:
        return BusUnavailable(
            "Kafka does not answer as it should",
            where=f"kafka://{self.servers}: {error}",
            next_step="Check that it runs, may be reached and takes writes.",
        )

    def offsets(self, places: Sequence[TopicPartition], which: OffsetSpec) -> dict[Place, int]:
        """Waits where a partition has no leader yet, as after the topic was made."""
        until = time.monotonic() + self.limits.timeout_s
        while True:
            asked = self.admin.list_offsets(
                dict.fromkeys(places, which), request_timeout=self.limits.timeout_s
            )
            try:
                return {
                    (place.topic, place.partition): future.result().offset
                    for place, future in asked.items()
                }
            except KafkaException as error:
                if error.args[0].code() not in _NO_LEADER_YET or time.monotonic() > until:
                    raise
            threading.Event().wait(_ASK_AGAIN_S)
