"""Figures of the state a process is in and sees: what waits, what is away, what is kept."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tastemaker.core.clock import Clock

_BUS = "bus"


class ModelMetrics:
    """Which version is in service, and since when it is trained."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._model = Gauge(
            "tastemaker_model_info", "Version in service.", ["version"], registry=registry
        )
        self._age_seconds = Gauge(
            "tastemaker_model_age_seconds",
            "Time since the version in service was trained.",
            registry=registry,
        )
        self._version = ""

    def in_service(self, version: str, trained_at: datetime, clock: Clock) -> None:
        """Names the version that answers from now on; its age follows the clock."""
        if version == self._version:
            return
        self._version = version
        self._model.clear()
        self._model.labels(version).set(1)
        self._age_seconds.set_function(_age(trained_at, clock))


class StateMetrics:
    """Every label has few values: names of topics, groups, stores, servers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        ProcessCollector(registry=registry)
        self._up = Gauge(
            "tastemaker_dependency_up",
            "1 where it answers, 0 where it is away.",
            ["dependency"],
            registry=registry,
        )
        self._lags = _Lags()
        registry.register(self._lags)
        self._queue = Gauge(
            "tastemaker_queue_length",
            "What waits in memory to be written.",
            ["queue"],
            registry=registry,
        )
        self._messages = Gauge(
            "tastemaker_bus_messages",
            "Messages kept on the bus, read or not.",
            ["topic"],
            registry=registry,
        )
        self._messages_bytes = Gauge(
            "tastemaker_bus_bytes",
            "Bytes of the messages kept on the bus, about.",
            ["topic"],
            registry=registry,
        )
        self._bytes = Gauge(
            "tastemaker_store_bytes", "Room that is taken.", ["store"], registry=registry
        )
        self._rows = Gauge(
            "tastemaker_store_rows", "Entries that are kept.", ["store"], registry=registry
        )
        self._free_bytes = Gauge(
            "tastemaker_disk_free_bytes", "Room left for the home folder.", registry=registry
        )

    def dependencies(self, states: Callable[[], Mapping[str, str]]) -> None:
        """states: of each why it is away, empty where it is there. Asked whenever figures are
        read, so that they say what readiness says."""
        for name in states():
            self._up.labels(name).set_function(partial(_is_up, states, name))
        self._lags.are_known = partial(_is_up, states, _BUS)

    def lag(self, topic: str, group: str, n_messages: int) -> None:
        """Told no more while the bus is away: the figure of before would be a lie."""
        self._lags.n_messages[topic, group] = n_messages

    def queue(self, name: str, length: Callable[[], float]) -> None:
        self._queue.labels(name).set_function(length)

    def bus_messages(self, topic: str, n_messages: int, n_bytes: int) -> None:
        self._messages.labels(topic).set(n_messages)
        self._messages_bytes.labels(topic).set(n_bytes)

    def store_bytes(self, store: str, n_bytes: int) -> None:
        self._bytes.labels(store).set(n_bytes)

    def store_rows(self, store: str, n_rows: int) -> None:
        self._rows.labels(store).set(n_rows)

    def disk_free(self, n_bytes: int) -> None:
        self._free_bytes.set(n_bytes)


class _Lags(Collector):
    def __init__(self) -> None:
        self.n_messages: dict[tuple[str, str], int] = {}
        self.are_known: Callable[[], bool] = lambda: True

    def collect(self) -> Iterator[GaugeMetricFamily]:
        lag = GaugeMetricFamily(
            "tastemaker_bus_lag",
            "Messages a group of readers has not acknowledged.",
            labels=["topic", "group"],
        )
        if self.are_known():
            for labels, n_messages in self.n_messages.copy().items():
                lag.add_metric(labels, n_messages)
        yield lag


def _is_up(states: Callable[[], Mapping[str, str]], name: str) -> bool:
    return not states()[name]


def _age(since: datetime, clock: Clock) -> Callable[[], float]:
    return lambda: (clock() - since).total_seconds()
