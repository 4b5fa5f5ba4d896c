"""Stored slates that are left alone for a while after their server did not answer.

Who answers requests asks for a slate on the way: waiting for a silent server at each of them would
leave nobody answered.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Lock

import structlog

from tastemaker.core.errors import SlatesUnavailable
from tastemaker.core.kept import Kept
from tastemaker.core.stored_slate import SlateKey, StoredSlate
from tastemaker.ports import Slates

log = structlog.get_logger(__name__)


class PausingSlates:
    """Refuses at once for pause_s after a failure; then one at a time tries again. Says once that
    they are away, once that they are back. stopwatch: monotonic seconds."""

    def __init__(
        self, slates: Slates, stopwatch: Callable[[], float], pause_s: float = 2.0
    ) -> None:
        self._slates = slates
        self._pause_s = pause_s
        self._stopwatch = stopwatch
        self._again_at_s = 0.0
        self._is_away = False
        self._lock = Lock()

    def get(self, key: SlateKey) -> StoredSlate | None:
        with self._unless_paused():
            return self._slates.get(key)

    def put_many(self, slates: Sequence[StoredSlate]) -> None:
        with self._unless_paused():
            self._slates.put_many(slates)

    def older_than(
        self, made_before: datetime, model_version: str, n: int
    ) -> Iterator[Sequence[SlateKey]]:
        pages = self._slates.older_than(made_before, model_version, n)
        while True:
            with self._unless_paused():
                page = next(pages, None)
            if page is None:
                return
            yield page

    def delete(self, keys: Sequence[SlateKey]) -> None:
        with self._unless_paused():
            self._slates.delete(keys)

    def kept(self) -> Kept:
        with self._unless_paused():
            return self._slates.kept()

    def prune(self) -> None:
        with self._unless_paused():
            self._slates.prune()

    @contextmanager
    def _unless_paused(self) -> Iterator[None]:
        self._take_turn()
        try:
            yield
        except SlatesUnavailable as error:
            with self._lock:
                self._again_at_s = self._stopwatch() + self._pause_s
                is_news, self._is_away = not self._is_away, True
            if is_news:
                log.warning("stored slates away", why=str(error))
            raise
        if self._is_away:
            with self._lock:
                self._again_at_s = 0.0
                is_news, self._is_away = self._is_away, False
            if is_news:
                log.info("stored slates back")

    def _take_turn(self) -> None:
        """Raises SlatesUnavailable in the pause, and while another one finds out whether they are
        back."""
        with self._lock:
            now_s = self._stopwatch()
            if now_s < self._again_at_s:
                raise SlatesUnavailable(
                    "The stored slates did not answer a moment ago",
                    next_step="They are asked again in a moment.",
                )
            if self._is_away:
                self._again_at_s = now_s + self._pause_s
