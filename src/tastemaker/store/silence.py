"""A PostgreSQL server that says nothing though its machine does: nobody waits long for it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from psycopg.errors import ConnectionTimeout, _WaitTimeout
from sqlalchemy import Engine, event

_PAUSE_S = 2.0

Found = TypeVar("Found")


def limit_silence(engine: Engine, limit_s: float, stopwatch: Callable[[], float]) -> None:
    """From now on no statement is waited for longer. After one that was, one at a time tries
    again while the others fail at once. engine: on PostgreSQL. stopwatch: monotonic seconds."""
    silence = _Silence(limit_s, stopwatch)

    class Limited(Connection[Any]):
        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            with silence.tried():
                try:
                    return super().wait(gen, interval, limit_s if timeout is None else timeout)
                except _WaitTimeout:
                    # An answer that came later would be taken for that to the next question.
                    self.pgconn.finish()
                    raise

    def connect(_dialect: Any, _record: Any, arguments: Any, named: Any) -> Any:
        with silence.tried():
            return Limited.connect(*arguments, **named)

    # Those that are open know no limit.
    engine.dispose()
    event.listen(engine, "do_connect", connect)


class _Silence:
    """Of one server. Safe to use from several threads."""

    def __init__(self, limit_s: float, stopwatch: Callable[[], float]) -> None:
        self._limit_s = limit_s
        self._stopwatch = stopwatch
        self._again_at_s: float | None = None
        self._lock = threading.Lock()

    @contextmanager
    def tried(self) -> Iterator[None]:
        """Raises OperationalError where nothing was said a moment ago."""
        if self._again_at_s is not None:
            self._take_turn()
        try:
            yield
        except (_WaitTimeout, ConnectionTimeout):
            self._again_at_s = self._stopwatch() + _PAUSE_S
            raise
        except BaseException:
            self._again_at_s = None
            raise
        self._again_at_s = None

    def _take_turn(self) -> None:
        with self._lock:
            now_s = self._stopwatch()
            if self._again_at_s is not None and now_s < self._again_at_s:
                raise OperationalError("it said nothing a moment ago")
            # Meanwhile this one waits for all.
            self._again_at_s = now_s + self._limit_s
