"""Figures of the slates a server sends: by which step they were made, how long it took."""

from collections.abc import Iterable
from math import inf

from prometheus_client import CollectorRegistry, Counter, Histogram

from tastemaker.core.slate import Slate, Source
from tastemaker.observe.experiments.guardrails import Serving

SECONDS = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)
_SLOW = 0.95


class SlateMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._slates = Counter(
            "tastemaker_slates",
            "Slates made, by the step that produced them.",
            ["source", "model"],
            registry=registry,
        )
        self._seconds = Histogram(
            "tastemaker_slate_seconds",
            "Time to make the slate of a user, from past to reasons.",
            ["model"],
            buckets=SECONDS,
            registry=registry,
        )
        self._failures = Counter(
            "tastemaker_slate_failures",
            "Slates of users that ended in an error of the server.",
            ["model"],
            registry=registry,
        )
        self._missed = Counter(
            "tastemaker_stored_slates_missed",
            "Stored slates that were asked for while their server was away.",
            registry=registry,
        )
        # The library's own way to a label's figure costs more than counting.
        self._stored_of_model: dict[str, Counter] = {}

    def made(self, slate: Slate) -> None:
        self._slates.labels(slate.source.value, slate.model).inc()

    def stored_sent(self, model: str) -> None:
        n_sent = self._stored_of_model.get(model)
        if n_sent is None:
            n_sent = self._slates.labels(Source.STORED.value, model)
            self._stored_of_model[model] = n_sent
        n_sent.inc()

    def remembered_sent(self, model: str) -> None:
        self._slates.labels(Source.MODEL.value, model).inc()

    def stored_missed(self) -> None:
        self._missed.inc()

    def timed(self, model: str, seconds: float) -> None:
        self._seconds.labels(model).observe(seconds)
        self._failures.labels(model)

    def failed(self, model: str) -> None:
        self._failures.labels(model).inc()

    def serving(self, models: Iterable[str]) -> dict[str, Serving]:
        """Since the start, of the models that made any slate of a user."""
        found = {}
        for model in models:
            seconds = _buckets(self._seconds, model)
            n_failed = _value(self._failures, model)
            if seconds and (n_made := seconds[-1][1]):
                share = n_failed / (n_made + n_failed)
                found[model] = Serving(int(n_made), share, _quantile(seconds, _SLOW))
        return found


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
