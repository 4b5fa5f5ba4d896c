"""Figures of what the roles behind the bus do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Histogram

from tastemaker.core.stored_slate import SlateKey, StoredSlate

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
_TRAINING_SECONDS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0)
_OUTCOMES = ("done", "set_aside")
_KINDS = ("made", "nothing")

Taken = TypeVar("Taken")
Outcome = TypeVar("Outcome")


class RoleMetrics:
    """stopwatch: monotonic seconds."""

    def __init__(self, registry: CollectorRegistry, stopwatch: Callable[[], float]) -> None:
        self._stopwatch = stopwatch
        self._messages = Counter(
            "tastemaker_messages",
            "Messages handled: done, or set aside after too many tries.",
            ["role", "group", "outcome"],
            registry=registry,
        )
        self._batch_seconds = Histogram(
            "tastemaker_batch_seconds",
            "Time to handle the messages read at once; what failed counts too.",
            ["role", "group"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._slates_ahead = Counter(
            "tastemaker_slates_ahead",
            "Slates computed ahead: made, or nothing personal to say.",
            ["model", "outcome"],
            registry=registry,
        )
        self._slate_seconds = Histogram(
            "tastemaker_slate_ahead_seconds",
            "Time to compute one slate ahead.",
            ["model"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._trainings = Counter(
            "tastemaker_trainings", "Trainings ended.", ["outcome"], registry=registry
        )
        self._training_seconds = Histogram(
            "tastemaker_training_seconds",
            "Time of a training, from data to stored version.",
            buckets=_TRAINING_SECONDS,
            registry=registry,
        )
        self._jobs = Counter(
            "tastemaker_jobs", "Jobs by the clock.", ["job", "outcome"], registry=registry
        )

    def of_group(self, role: str, group: str) -> Callable[[str, int], None]:
        """Counts what became of messages; all outcomes are there from the start, as 0."""
        for outcome in _OUTCOMES:
            self._messages.labels(role, group, outcome)

        def handled(outcome: str, n: int) -> None:
            self._messages.labels(role, group, outcome).inc(n)

        return handled

    def timed(
        self, role: str, group: str, handle: Callable[[Taken], None]
    ) -> Callable[[Taken], None]:
        seconds = self._batch_seconds.labels(role, group)

        def timed(given: Taken) -> None:
            with self._timing(seconds):
                handle(given)

        return timed

    def counting_slates(
        self, make: Callable[[SlateKey], StoredSlate | None], variants: tuple[str, ...]
    ) -> Callable[[SlateKey], StoredSlate | None]:
        for variant in variants:
            self._slate_seconds.labels(variant)
            for outcome in _KINDS:
                self._slates_ahead.labels(variant, outcome)

        def counted(key: SlateKey) -> StoredSlate | None:
            # A variant that only a message names must not become a label.
            model = key.variant if key.variant in variants else "other"
            with self._timing(self._slate_seconds.labels(model)):
                slate = make(key)
            self._slates_ahead.labels(model, _KINDS[slate is None]).inc()
            return slate

        return counted

    def counting_trainings(self) -> Callable[[str], None]:
        """Takes "done" or "failed"."""
        for outcome in ("done", "failed"):
            self._trainings.labels(outcome)
        return lambda outcome: self._trainings.labels(outcome).inc()

    def timing_trainings(self, train: Callable[[], Outcome]) -> Callable[[], Outcome]:
        """Those that end in a version."""

        def timed() -> Outcome:
            began_s = self._stopwatch()
            made = train()
            self._training_seconds.observe(self._stopwatch() - began_s)
            return made

        return timed

    def counting_jobs(self, name: str, run: Callable[[Taken], None]) -> Callable[[Taken], None]:
        for outcome in ("done", "failed"):
            self._jobs.labels(name, outcome)

        def counted(due_at: Taken) -> None:
            with self._counting(self._jobs, name):
                run(due_at)

        return counted

    @contextmanager
    def _timing(self, seconds: Histogram) -> Iterator[None]:
        began_s = self._stopwatch()
        try:
            yield
        finally:
            seconds.observe(self._stopwatch() - began_s)

    @contextmanager
    def _counting(self, counter: Counter, label: str) -> Iterator[None]:
        try:
            yield
        except Exception:
            counter.labels(label, "failed").inc()
            raise
        counter.labels(label, "done").inc()
