"""Takes over a version that was put into service elsewhere, without a restart."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import structlog

from tastemaker.core.errors import ModelError, NotFound
from tastemaker.store.version_folder import Pointer

log = structlog.get_logger(__name__)

_MAX_PAUSE_S = 60.0

Opened = TypeVar("Opened")


class ModelWatch(Generic[Opened]):
    """Compares the version in service with the one that answers."""

    def __init__(
        self,
        in_service: Callable[[], Pointer | None],
        open_version: Callable[[str], Opened],
        swap: Callable[[Opened], None],
        stopwatch: Callable[[], float],
        *,
        answering: str,
        tried: Pointer | None = None,
    ) -> None:
        """open_version: checked, loaded and warm. swap: in one step. stopwatch: monotonic seconds.
        tried: as it was before the version that answers was opened; where it names another one,
        that is damaged, and not tried again."""
        self._in_service = in_service
        self._open_version = open_version
        self._swap = swap
        self._stopwatch = stopwatch
        self._answering = answering
        self._tried = tried
        self._looked_at_s = stopwatch()

    def look(self) -> None:
        """Costs one small read where nothing has changed. A version that is damaged or gone is
        refused with its reason, once, and the one before answers on; put into service anew, it is
        tried anew. Raises whatever else comes in the way, after which the same version may be
        looked at again."""
        pointer = self._in_service()
        if pointer is not None and pointer.name != self._answering and pointer != self._tried:
            self._take_over(pointer)
        self._looked_at_s = self._stopwatch()

    def blind_s(self) -> float:
        """Since the last look that came to an end without an error."""
        return self._stopwatch() - self._looked_at_s

    @contextmanager
    def running(self, every_s: float) -> Iterator[None]:
        """Looks in a thread of its own until the block ends, less and less often while it fails."""
        ended = threading.Event()

        def keep_looking() -> None:
            pause_s = every_s
            while not ended.wait(pause_s):
                try:
                    self.look()
                    pause_s = every_s
                except Exception:
                    # Whatever it is: without this thread no later version would ever answer.
                    pause_s = max(every_s, min(2 * pause_s, _MAX_PAUSE_S))
                    log.exception("no look for a newer model", again_in_s=pause_s)

        thread = threading.Thread(target=keep_looking, name="model-watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _take_over(self, pointer: Pointer) -> None:
        version = pointer.name
        try:
            opened = self._open_version(version)
        except (ModelError, NotFound) as error:
            self._tried = pointer
            log.error("model refused", version=version, why=str(error), answering=self._answering)
            return
        self._swap(opened)
        log.info("model swapped", version=version, before=self._answering)
        self._answering, self._tried = version, pointer
