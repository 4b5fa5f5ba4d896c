"""What is asked of the other roles once, however many requests would ask it."""

from collections.abc import Callable
from threading import Lock

from tastemaker.core.stored_slate import SlateKey

_AGAIN_AFTER_S = 60.0
_MAX_KEPT = 100_000


class AskedOnce:
    """Safe to use from several threads. stopwatch: monotonic seconds, so that a clock that steps
    back keeps nothing from being asked."""

    def __init__(self, stopwatch: Callable[[], float]) -> None:
        self._stopwatch = stopwatch
        self._asked_at_s: dict[SlateKey, float] = {}
        self._lock = Lock()

    def is_first(self, key: SlateKey) -> bool:
        """Whether it was not asked for within the last minute; from now on it was."""
        now_s = self._stopwatch()
        with self._lock:
            asked_at_s = self._asked_at_s.get(key)
            if asked_at_s is not None and now_s - asked_at_s < _AGAIN_AFTER_S:
                return False
            if len(self._asked_at_s) >= _MAX_KEPT:
                self._asked_at_s.clear()
            self._asked_at_s[key] = now_s
            return True
