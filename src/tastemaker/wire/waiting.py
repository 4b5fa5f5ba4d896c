"""Servers a role is started before."""

from collections.abc import Callable
from typing import TypeVar

import structlog
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    retry_if_not_exception_type,
    wait_exponential_jitter,
)

from tastemaker.core.errors import EnvironmentProblem, StoreNewer

log = structlog.get_logger(__name__)

Opened = TypeVar("Opened")


def wait_for(open_it: Callable[[], Opened], max_pause_s: float) -> Opened:
    """Tries again, with growing pauses, while a server is away. Raises StoreNewer, since waiting
    does not help against that."""
    away = retry_if_exception_type(EnvironmentProblem)
    retrying = Retrying(
        retry=away & retry_if_not_exception_type(StoreNewer),
        wait=wait_exponential_jitter(multiplier=0.1, max=max_pause_s, jitter=0.1),
        before_sleep=_say_once,
        reraise=True,
    )
    return retrying(open_it)


def _say_once(state: RetryCallState) -> None:
    if state.attempt_number == 1 and state.outcome is not None:
        log.warning("waiting for a server to start with", why=str(state.outcome.exception()))
