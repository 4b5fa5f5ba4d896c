"""Stored slates that are left alone for a while after their server did not answer.

Who answers requests asks for a slate on the way: waiting for a silent server at each of them would
leave nobody answered.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from tastemaker.core.errors import SlatesUnavailable
from tastemaker.core.stored_slate import SlateKey, StoredSlate
from tastemaker.ports import Slates


class PausingSlates:
    """Refuses at once for pause_s after a failure. stopwatch: monotonic seconds."""

    def __init__(
        self, slates: Slates, stopwatch: Callable[[], float], pause_s: float = 2.0
    ) -> None:
        self._slates = slates
        self._pause_s = pause_s
        self._stopwatch = stopwatch
        self._again_at_s = 0.0

    def get(self, key: SlateKey) -> StoredSlate | None:
        with self._unless_paused():
            return self._slates.get(key)

    def put_many(self, slates: Sequence[StoredSlate]) -> None:
        with self._unless_paused():
            self._slates.put_many(slates)

    def older_than(self, made_before: datetime, model_version: str, n: int) -> Sequence[SlateKey]:
        with self._unless_paused():
            return self._slates.older_than(made_before, model_version, n)

    def delete(self, keys: Sequence[SlateKey]) -> None:
        with self._unless_paused():
            self._slates.delete(keys)

    def count(self) -> int:
        with self._unless_paused():
            return self._slates.count()

    def prune(self) -> None:
        with self._unless_paused():
            self._slates.prune()

    @contextmanager
    def _unless_paused(self) -> Iterator[None]:
        if self._stopwatch() < self._again_at_s:
            raise SlatesUnavailable(
                "The stored slates did not answer a moment ago",
                next_step="They are asked again in a moment.",
            )
        try:
            yield
        except SlatesUnavailable:
            self._again_at_s = self._stopwatch() + self._pause_s
            raise
