"""Looks at what a process depends on, so that it can say what is away."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from pydantic import BaseModel, Field

from tastemaker.core.errors import TastemakerError

log = structlog.get_logger(__name__)

_NOT_YET = "not looked at yet"
_JOIN_LIMIT_S = 2.0


class WatchConfig(BaseModel, frozen=True, extra="forbid"):
    look_every_s: float = Field(default=2.0, gt=0, le=600)  # at database, bus, slates, models
    measure_every_s: float = Field(default=60.0, gt=0, le=86_400)  # how large the stores are
    silent_s: float = Field(default=15.0, gt=0, le=600)  # without an answer it counts as away


@dataclass(frozen=True, slots=True)
class Look:
    """look: raises where what it looks at is away; returns within some seconds or hangs."""

    name: str
    look: Callable[[], object]
    every_s: float
    is_dependency: bool = True


class Watch:
    """Each look in a thread of its own: one that hangs hides no other."""

    def __init__(self, looks: list[Look], silent_s: float, stopwatch: Callable[[], float]) -> None:
        """stopwatch: monotonic seconds."""
        self._looks = looks
        self._silent_s = silent_s
        self._stopwatch = stopwatch
        self._ended = threading.Event()
        # Why it is away, empty where it is not, and when that was found.
        self._found = {look.name: (_NOT_YET, stopwatch()) for look in looks}
        self._looked_once = {look.name: threading.Event() for look in looks}

    def states(self) -> Mapping[str, str]:
        """Of every dependency why it is away; empty where it is there. Returns at once."""
        return {look.name: self._state(look) for look in self._looks if look.is_dependency}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Looks until the block ends. It begins when everything was looked at once, or hangs."""
        threads = [
            threading.Thread(target=self._keep_looking, args=(look,), daemon=True)
            for look in self._looks
        ]
        for thread in threads:
            thread.start()
        for looked in self._looked_once.values():
            looked.wait(self._silent_s)
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join(_JOIN_LIMIT_S)

    def _state(self, look: Look) -> str:
        why, at_s = self._found[look.name]
        silent_s = self._stopwatch() - at_s - look.every_s
        return why if why or silent_s < self._silent_s else f"no answer for {silent_s:.0f} s"

    def _keep_looking(self, look: Look) -> None:
        while not self._ended.is_set():
            why = _why_away(look)
            before, _ = self._found[look.name]
            self._found[look.name] = (why, self._stopwatch())
            if why and why != before:
                log.warning("away", what=look.name, why=why)
            elif before not in ("", _NOT_YET) and not why:
                log.info("back", what=look.name)
            self._looked_once[look.name].set()
            self._ended.wait(look.every_s)


def _why_away(look: Look) -> str:
    try:
        look.look()
    except TastemakerError as error:
        return error.what
    except Exception as error:
        # Whatever a server or its driver does must not end the looking.
        return repr(error)
    return ""
