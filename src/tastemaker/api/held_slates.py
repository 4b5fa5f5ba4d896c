"""Stored slates that were asked for a moment ago, in memory."""

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import RLock

from tastemaker.api.stored_answer import StoredAnswer
from tastemaker.core.errors import StoreUnavailable
from tastemaker.core.ids import UserId

MAX_AGE = timedelta(seconds=5)
"""What another process changes among the stored slates is seen after it, at the latest."""

MAX_BYTES = 64 * 2**20

Wanted = tuple[UserId, str, int]
"""User, variant and length."""


@dataclass(frozen=True, slots=True)
class Held:
    answer: StoredAnswer
    made_at: datetime
    read_at: datetime


class HeldSlates:
    """None is older than what its user did last, and none is held for longer than MAX_AGE.

    Least recently asked for go first. Safe to use from several threads.
    """

    def __init__(
        self, arrived: Callable[[], Collection[UserId] | None], max_bytes: int = MAX_BYTES
    ) -> None:
        """arrived: of whom events have come since the last call; None: of too many to tell."""
        self._arrived = arrived
        self._max_bytes = max_bytes
        self._n_bytes = 0
        self._held: OrderedDict[Wanted, Held] = OrderedDict()
        self._of_user: dict[UserId, set[Wanted]] = {}
        self._lock = RLock()

    def get(self, wanted: Wanted, now: datetime) -> Held | None:
        with self._lock:
            self._forget_arrived()
            held = self._held.get(wanted)
            if held is None:
                return None
            if now - held.read_at > MAX_AGE:
                self._drop(wanted)
                return None
            self._held.move_to_end(wanted)
            return held

    def put(self, wanted: Wanted, held: Held) -> None:
        """held: read after the last `get`, so that an event since then takes it out again."""
        with self._lock:
            self._drop(wanted)
            self._held[wanted] = held
            self._of_user.setdefault(wanted[0], set()).add(wanted)
            self._n_bytes += len(held.answer.body)
            while self._n_bytes > self._max_bytes:
                self._drop(next(iter(self._held)))

    def forget(self, user_id: UserId) -> None:
        with self._lock:
            for wanted in list(self._of_user.get(user_id, ())):
                self._drop(wanted)

    def _forget_arrived(self) -> None:
        try:
            users = self._arrived()
        except StoreUnavailable:
            users = None
        if users is None:
            self._held.clear()
            self._of_user.clear()
            self._n_bytes = 0
            return
        for user_id in users:
            self.forget(user_id)

    def _drop(self, wanted: Wanted) -> None:
        held = self._held.pop(wanted, None)
        if held is None:
            return
        self._n_bytes -= len(held.answer.body)
        of_user = self._of_user[wanted[0]]
        of_user.discard(wanted)
        if not of_user:
            del self._of_user[wanted[0]]
