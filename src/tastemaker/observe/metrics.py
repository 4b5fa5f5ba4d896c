"""Figures of the running server, in Prometheus' terms."""

from collections.abc import Callable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from tastemaker.core.clock import Clock
from tastemaker.core.slate import Slate

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """Every label has few values: routes as templates, never a user or an item."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._requests = Counter(
            "tastemaker_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=registry,
        )
        self._request_seconds = Histogram(
            "tastemaker_request_seconds",
            "Time from the request's arrival to the start of its answer.",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._slates = Counter(
            "tastemaker_slates",
            "Slates made, by the step that produced them.",
            ["source", "model"],
            registry=registry,
        )
        self._events = Counter(
            "tastemaker_events",
            "Events posted: accepted, duplicate (their id was there) or rejected.",
            ["outcome"],
            registry=registry,
        )
        self._slate_log = Counter(
            "tastemaker_slate_log",
            "Slates shown and answers to them: written to their log, or lost.",
            ["outcome"],
            registry=registry,
        )
        self._model = Gauge(
            "tastemaker_model_info", "Version in service.", ["version"], registry=registry
        )
        self._model_age_seconds = Gauge(
            "tastemaker_model_age_seconds",
            "Time since the version in service was trained.",
            registry=registry,
        )

    def request_answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """route: its template, e.g. /items/{item_id}."""
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def slate_made(self, slate: Slate) -> None:
        self._slates.labels(slate.source.value, slate.model).inc()

    def events_posted(self, n_accepted: int, n_duplicate: int, n_rejected: int) -> None:
        self._events.labels("accepted").inc(n_accepted)
        self._events.labels("duplicate").inc(n_duplicate)
        self._events.labels("rejected").inc(n_rejected)

    def slates_written(self, n: int) -> None:
        """n: slates shown and answers to them, to their log."""
        self._slate_log.labels("written").inc(n)

    def slates_lost(self, n: int) -> None:
        self._slate_log.labels("lost").inc(n)

    def model_in_service(self, version: str, trained_at: datetime, clock: Clock) -> None:
        """Names the version that answers from now on; its age follows the clock."""
        self._model.clear()
        self._model.labels(version).set(1)
        self._model_age_seconds.set_function(_age(trained_at, clock))

    def text(self) -> bytes:
        """All figures in the text format, `CONTENT_TYPE`."""
        return generate_latest(self._registry)


def _age(since: datetime, clock: Clock) -> Callable[[], float]:
    return lambda: (clock() - since).total_seconds()
