"""Figures of the state a process is in and sees: what waits, what is away, what is kept."""

from collections.abc import Callable
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector

from tastemaker.core.clock import Clock


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
        self._lag = Gauge(
            "tastemaker_bus_lag",
            "Messages a group of readers has not acknowledged.",
            ["topic", "group"],
            registry=registry,
        )
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

    def dependency(self, name: str, is_up: bool) -> None:
        self._up.labels(name).set(is_up)

    def lag(self, topic: str, group: str, n_messages: int) -> None:
        self._lag.labels(topic, group).set(n_messages)

    def lags_unknown(self) -> None:
        """The bus is away: yesterday's figure would be a lie."""
        self._lag.clear()

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


def _age(since: datetime, clock: Clock) -> Callable[[], float]:
    return lambda: (clock() - since).total_seconds()
