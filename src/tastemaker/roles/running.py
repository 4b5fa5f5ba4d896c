"""Several loops in one process, ended together."""

import signal
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Protocol

import structlog

from tastemaker.roles.apart import end_apart

log = structlog.get_logger(__name__)

_STOP_LIMIT_S = 10.0
_GIVE_BACK_LIMIT_S = 2.0


class Loop(Protocol):
    def run(self) -> None:
        """Until stopped."""
        ...

    def stop(self) -> None: ...


def run_until_stopped(loops: Sequence[Loop], on_ready: Callable[[], None]) -> None:
    """Each in a thread of its own, until SIGTERM or SIGINT, or until one of them breaks down.

    What is in hand is finished. What takes longer than a supervisor waits is left: the bus gives
    it to whoever comes next. In the main thread only. Raises what broke a loop.
    """
    ended = threading.Event()
    broken: list[Exception] = []

    def stop(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    def run(loop: Loop) -> None:
        try:
            loop.run()
        except Exception as error:
            log.exception("role broken")
            broken.append(error)
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    threads = [threading.Thread(target=run, args=(loop,), daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    on_ready()
    ended.wait()
    for loop in loops:
        loop.stop()
    for thread in threads:
        thread.join(_STOP_LIMIT_S)
    end_apart()
    for thread in threads:
        thread.join(_GIVE_BACK_LIMIT_S)
    if broken:
        raise broken[0]
