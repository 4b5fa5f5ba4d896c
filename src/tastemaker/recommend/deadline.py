"""A bound on how long an answer may take."""

from collections.abc import Callable
from dataclasses import dataclass

Stopwatch = Callable[[], float]
"""Monotonic seconds, as `time.perf_counter` gives them."""


class DeadlinePassed(Exception):
    """Ends the personal way of the pipeline. Never leaves it."""

    def __init__(self, stage: str) -> None:
        super().__init__(stage)
        self.stage = stage


@dataclass(slots=True)
class Deadline:
    budget_s: float
    stopwatch: Stopwatch
    started_s: float = 0.0

    def __post_init__(self) -> None:
        self.started_s = self.stopwatch()

    def check(self, stage: str) -> None:
        """Raises DeadlinePassed where the budget is spent; called before each stage."""
        if self.stopwatch() - self.started_s > self.budget_s:
            raise DeadlinePassed(stage)
