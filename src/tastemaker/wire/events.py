"""The bus as an operator looks at it."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tastemaker.config import Settings
from tastemaker.core.clock import system_clock
from tastemaker.core.message import Delivery
from tastemaker.roles.set_aside import Operator
from tastemaker.wire.backends import open_bus

_JOIN_LIMIT_S = 30.0
"""Of a reader, on a broker that makes its topic of offsets first."""


def messages_set_aside(settings: Settings) -> list[Delivery]:
    with _operator(settings) as operator:
        return operator.waiting()


def replay_set_aside(settings: Settings) -> int:
    with _operator(settings) as operator:
        return operator.replay()


@contextmanager
def _operator(settings: Settings) -> Iterator[Operator]:
    limit_s = settings.bus.session_timeout_s + _JOIN_LIMIT_S
    with closing(open_bus(settings.bus, settings.home, system_clock)) as bus:
        yield Operator(bus, limit_s, time.monotonic)
