"""Figures of the running server, in Prometheus' terms."""

from collections.abc import Callable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from tastemaker.core.clock import Clock
from tastemaker.observe.slate_metrics import SECONDS, SlateMetrics
from tastemaker.observe.state_metrics import ModelMetrics

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

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
            buckets=SECONDS,
            registry=registry,
        )
        self._messages_lost = Counter(
            "tastemaker_messages_lost",
            "Messages to other roles that did not go out.",
            registry=registry,
        )
        self._events = Counter(
            "tastemaker_events",
            "Events posted: accepted, duplicate (their id was there) or rejected.",
            ["outcome"],
            registry=registry,
        )
        for outcome in ("accepted", "duplicate", "rejected"):
            self._events.labels(outcome)
        self._slate_log = Counter(
            "tastemaker_slate_log",
            "Slates shown and answers to them: written to their log, or lost.",
            ["outcome"],
            registry=registry,
        )
        for outcome in ("written", "lost"):
            self._slate_log.labels(outcome)
        self.slates = SlateMetrics(registry)
        self._model = ModelMetrics(registry)
        # The library's own way to a label's figure costs more than counting.
        self._of_route: dict[tuple[str, str, int], Counter] = {}
        self._by_route: dict[str, Histogram] = {}

    def request_answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """route: its template, e.g. /items/{item_id}."""
        method = method if method in _METHODS else "other"
        n_requests = self._of_route.get((method, route, status))
        if n_requests is None:
            n_requests = self._requests.labels(method, route, str(status))
            self._of_route[method, route, status] = n_requests
        n_requests.inc()
        self._seconds_of_route(route).observe(seconds)

    def _seconds_of_route(self, route: str) -> Histogram:
        seconds = self._by_route.get(route)
        if seconds is None:
            seconds = self._by_route[route] = self._request_seconds.labels(route)
        return seconds

    def messages_lost(self, n: int) -> None:
        self._messages_lost.inc(n)

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
        self._model.in_service(version, trained_at, clock)

    def model_looked_for(self, blind_s: Callable[[], float]) -> None:
        """blind_s: seconds since this server could look for another version in service."""
        Gauge(
            "tastemaker_model_blind_seconds",
            "Time since this server last looked, without an error, for another version in service.",
            registry=self._registry,
        ).set_function(blind_s)

    def text(self) -> bytes:
        """All figures in the text format, `CONTENT_TYPE`."""
        return generate_latest(self._registry)
