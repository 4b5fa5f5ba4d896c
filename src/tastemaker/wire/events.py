"""The bus as an operator looks at it."""

from collections.abc import Iterator
from contextlib import contextmanager

from tastemaker.config import Settings
from tastemaker.core.clock import system_clock
from tastemaker.core.message import Delivery
from tastemaker.ports import Bus
from tastemaker.roles import set_aside
from tastemaker.wire.backends import open_bus


def messages_set_aside(settings: Settings) -> list[Delivery]:
    with _bus(settings) as bus:
        return set_aside.waiting(bus)


def replay_set_aside(settings: Settings) -> int:
    with _bus(settings) as bus:
        return set_aside.replay(bus)


@contextmanager
def _bus(settings: Settings) -> Iterator[Bus]:
    bus = open_bus(settings.bus, settings.home, system_clock)
    try:
        yield bus
    finally:
        bus.close()
