"""A loop that looks every so often, and says once that it cannot."""

import threading
from collections.abc import Callable

import structlog

from tastemaker.core.errors import TastemakerError

log = structlog.get_logger(__name__)


class LookAgain:
    def __init__(self, look: Callable[[], None], every_s: float, cannot: str) -> None:
        """cannot: what the log says where a server is away."""
        self._look = look
        self._every_s = every_s
        self._cannot = cannot
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        """Until stopped; looks at once. An outage is said once."""
        is_away = False
        while not self._stopped.is_set():
            try:
                self._look()
                is_away = False
            except TastemakerError as error:
                if not is_away:
                    log.warning(self._cannot, why=str(error))
                is_away = True
            self._stopped.wait(self._every_s)
