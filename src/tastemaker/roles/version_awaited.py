"""Slates asked for by a version of the models wait until it serves on this machine."""

from collections.abc import Callable

import structlog

from tastemaker.core.errors import EnvironmentProblem

log = structlog.get_logger(__name__)


class VersionAwaited:
    """Not for ever: a version may have been gone back from, or be refused."""

    def __init__(
        self, in_service: Callable[[], str], limit_s: float, stopwatch: Callable[[], float]
    ) -> None:
        """in_service: the version here. limit_s: after it what is in service must do. stopwatch:
        monotonic seconds."""
        self._in_service = in_service
        self._limit_s = limit_s
        self._stopwatch = stopwatch
        self._newest = self._given_up = ""
        self._since_s = 0.0

    def check(self, wanted: str | None) -> None:
        """Raises EnvironmentProblem, after which it is tried again, while an older one serves."""
        if wanted is None or wanted <= max(self._given_up, self._in_service()):
            return
        if wanted > self._newest:
            self._newest, self._since_s = wanted, self._stopwatch()
        if self._stopwatch() - self._since_s < self._limit_s:
            raise EnvironmentProblem(f"Version {wanted} does not serve here yet")
        self._given_up = self._newest
        log.warning("models not waited for any more", version=self._newest)
