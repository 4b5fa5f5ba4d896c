"""Slates of a moment ago, ready to be sent to whoever asks the same again."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import chain
from threading import RLock
from typing import NamedTuple

from tastemaker.api.stored_answer import StoredAnswer
from tastemaker.core.errors import StoreUnavailable
from tastemaker.core.ids import UserId

_BYTES_AN_ENTRY = 1_000
"""Of what is around the answer itself."""


class Wanted(NamedTuple):
    """version: of the models that answer. conditions: a length, or JSON of all that was asked."""

    user_id: UserId
    variant: str
    version: str
    conditions: int | str


class Reading:
    """Of a slate that may be held, from before its user's events are looked at. is_old: by an event
    of the user since."""

    is_old = False


def _of_nobody() -> Collection[UserId]:
    return ()


class SlateCache:
    """The latest asked for stay, within the bound, each for a while at most; none is older than an
    event that this cache was told of. Safe to use from several threads.
    """

    def __init__(
        self,
        max_bytes: int,
        keep_s: float,
        stopwatch: Callable[[], float],
        arrived: Callable[[], Collection[UserId] | None] = _of_nobody,
    ) -> None:
        """stopwatch: monotonic seconds. arrived: of whom events have come since the last call;
        None: of too many to tell."""
        self._max_bytes = max_bytes
        self._keep_s = keep_s
        self._stopwatch = stopwatch
        self._arrived = arrived
        self._n_bytes = 0
        self._kept: OrderedDict[Wanted, tuple[StoredAnswer, float]] = OrderedDict()
        self._of_user: dict[UserId, set[Wanted]] = {}
        self._read_for: dict[UserId, list[Reading]] = {}
        self._lock = RLock()

    def get(self, wanted: Wanted) -> StoredAnswer | None:
        with self._lock:
            self._forget_arrived()
            answer, until_s = self._kept.get(wanted, (None, 0.0))
            if answer is None:
                return None
            if self._stopwatch() > until_s:
                self._drop(wanted)
                return None
            self._kept.move_to_end(wanted)
            return answer

    @contextmanager
    def reading(self, user_id: UserId) -> Iterator[Reading]:
        """Around the reading of what is put at its end, which may be old by then: others ask
        meanwhile, and this cache is told of each event once."""
        reading = Reading()
        with self._lock:
            self._read_for.setdefault(user_id, []).append(reading)
        try:
            yield reading
        finally:
            with self._lock:
                left = self._read_for[user_id]
                left.remove(reading)
                if not left:
                    del self._read_for[user_id]

    def put(
        self,
        wanted: Wanted,
        answer: StoredAnswer,
        keep_s: float | None = None,
        reading: Reading | None = None,
    ) -> None:
        """keep_s: where it is good for a shorter time than others. reading: what is old by it is
        not held; None where who gets the answer looks at the user's events anew."""
        with self._lock:
            if reading is not None and reading.is_old:
                return
            self._drop(wanted)
            keep_s = self._keep_s if keep_s is None else min(keep_s, self._keep_s)
            self._kept[wanted] = (answer, self._stopwatch() + keep_s)
            self._of_user.setdefault(wanted.user_id, set()).add(wanted)
            self._n_bytes += _size(wanted, answer)
            while self._n_bytes > self._max_bytes:
                self._drop(next(iter(self._kept)))

    def forget(self, user_id: UserId) -> None:
        with self._lock:
            for wanted in list(self._of_user.get(user_id, ())):
                self._drop(wanted)
            for reading in self._read_for.get(user_id, ()):
                reading.is_old = True

    @property
    def n_bytes(self) -> int:
        return self._n_bytes

    def _forget_arrived(self) -> None:
        try:
            users = self._arrived()
        except StoreUnavailable:
            users = None
        if users is None:
            self._kept.clear()
            self._of_user.clear()
            self._n_bytes = 0
            for reading in chain.from_iterable(self._read_for.values()):
                reading.is_old = True
            return
        for user_id in users:
            self.forget(user_id)

    def _drop(self, wanted: Wanted) -> None:
        answer, _ = self._kept.pop(wanted, (None, 0.0))
        if answer is None:
            return
        self._n_bytes -= _size(wanted, answer)
        of_user = self._of_user[wanted.user_id]
        of_user.discard(wanted)
        if not of_user:
            del self._of_user[wanted.user_id]


def _size(wanted: Wanted, answer: StoredAnswer) -> int:
    asked = len(wanted.conditions) if isinstance(wanted.conditions, str) else 0
    return len(answer.body) + len(answer.packed or "") + asked + _BYTES_AN_ENTRY
