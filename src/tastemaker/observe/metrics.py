"""Figures of the running server, in Prometheus' terms."""

from collections.abc import Iterable
from datetime import datetime
from math import inf

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from tastemaker.core.clock import Clock
from tastemaker.core.slate import Slate, Source
from tastemaker.observe.experiments.guardrails import Serving
from tastemaker.observe.state_metrics import ModelMetrics

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)
_SLOW = 0.95
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
        self._slate_seconds = Histogram(
            "tastemaker_slate_seconds",
            "Time to make the slate of a user, from past to reasons.",
            ["model"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._slate_failures = Counter(
            "tastemaker_slate_failures",
            "Slates of users that ended in an error of the server.",
            ["model"],
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
        self._model = ModelMetrics(registry)
        # The library's own way to a label's figure costs more than counting.
        self._of_route: dict[tuple[str, str, int], Counter] = {}
        self._by_route: dict[str, Histogram] = {}
        self._stored_of_model: dict[str, Counter] = {}

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

    def slate_made(self, slate: Slate) -> None:
        self._slates.labels(slate.source.value, slate.model).inc()

    def messages_lost(self, n: int) -> None:
        self._messages_lost.inc(n)

    def stored_slate_sent(self, model: str) -> None:
        n_sent = self._stored_of_model.get(model)
        if n_sent is None:
            n_sent = self._slates.labels(Source.STORED.value, model)
            self._stored_of_model[model] = n_sent
        n_sent.inc()

    def remembered_slate_sent(self, model: str) -> None:
        self._slates.labels(Source.MODEL.value, model).inc()

    def slate_timed(self, model: str, seconds: float) -> None:
        self._slate_seconds.labels(model).observe(seconds)
        self._slate_failures.labels(model)

    def slate_failed(self, model: str) -> None:
        self._slate_failures.labels(model).inc()

    def serving(self, models: Iterable[str]) -> dict[str, Serving]:
        """Since the start, of the models that made any slate of a user."""
        found = {}
        for model in models:
            seconds = _buckets(self._slate_seconds, model)
            n_failed = _value(self._slate_failures, model)
            if seconds and (n_made := seconds[-1][1]):
                share = n_failed / (n_made + n_failed)
                found[model] = Serving(int(n_made), share, _quantile(seconds, _SLOW))
        return found

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

    def text(self) -> bytes:
        """All figures in the text format, `CONTENT_TYPE`."""
        return generate_latest(self._registry)


def _buckets(histogram: Histogram, model: str) -> list[tuple[float, float]]:
    """Upper bound in seconds and how many were at most that; the last is all."""
    return [
        (float(sample.labels["le"]), sample.value)
        for family in histogram.collect()
        for sample in family.samples
        if sample.name.endswith("_bucket") and sample.labels["model"] == model
    ]


def _value(counter: Counter, model: str) -> float:
    return sum(
        sample.value
        for family in counter.collect()
        for sample in family.samples
        if sample.name.endswith("_total") and sample.labels["model"] == model
    )


def _quantile(buckets: list[tuple[float, float]], share: float) -> float:
    """As Prometheus' histogram_quantile: in proportion within the bucket it falls in."""
    wanted = share * buckets[-1][1]
    low_s, n_below = 0.0, 0.0
    for high_s, n_to in buckets:
        if n_to >= wanted:
            inside = (wanted - n_below) / (n_to - n_below)
            return low_s + (high_s - low_s) * inside if high_s != inf else low_s
        low_s, n_below = high_s, n_to
    return low_s
