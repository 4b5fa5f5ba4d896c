"""Takes over a version that was put into service elsewhere, without a restart."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from tastemaker.core.errors import TastemakerError
from tastemaker.recommend.pipeline import Recommender

log = structlog.get_logger(__name__)


class ModelWatch:
    """Compares the name of the version in service with the one that answers."""

    def __init__(
        self,
        in_service: Callable[[], str | None],
        open_version: Callable[[str], Recommender],
        swap: Callable[[Recommender], None],
        *,
        answering: str,
        refused: str | None = None,
    ) -> None:
        """open_version: checked, loaded and warm. swap: in one step. refused: a version known to
        be damaged, not to be tried again."""
        self._in_service = in_service
        self._open_version = open_version
        self._swap = swap
        self._answering = answering
        self._refused = refused

    def look(self) -> None:
        """Costs one small read where nothing has changed. A version that cannot be used is refused
        with its reason, once, and the one before answers on."""
        version = self._in_service()
        if version is None or version in (self._answering, self._refused):
            return
        try:
            recommender = self._open_version(version)
        except (TastemakerError, OSError) as error:
            self._refused = version
            log.error("model refused", version=version, why=str(error), answering=self._answering)
            return
        self._swap(recommender)
        log.info("model swapped", version=version, before=self._answering)
        self._answering, self._refused = version, None

    @contextmanager
    def running(self, every_s: float) -> Iterator[None]:
        """Looks in a thread of its own until the block ends."""
        ended = threading.Event()

        def keep_looking() -> None:
            while not ended.wait(every_s):
                self.look()

        thread = threading.Thread(target=keep_looking, name="model-watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
