"""Asking for a training: the trainer does it, wherever it runs."""

import threading
from collections.abc import Callable

from tastemaker.core.clock import Clock
from tastemaker.core.errors import Conflict
from tastemaker.core.topics import RetrainAsked, Topic
from tastemaker.ports import Bus
from tastemaker.train.retrain_state import RetrainPhase, RetrainState, RetrainStates

RETRAIN_KEY = "model"
"""Of every request, so that one trainer alone reads them."""


class Retraining:
    """Safe to use from several threads."""

    def __init__(
        self, bus: Bus, states: RetrainStates, clock: Clock, new_id: Callable[[], str]
    ) -> None:
        self._bus = bus
        self._states = states
        self._clock = clock
        self._new_id = new_id
        self._lock = threading.Lock()

    def state(self) -> RetrainState:
        return self._states.read()

    def ask(self, why: str = "asked for") -> RetrainState:
        """Returns once the bus has it. Raises Conflict while one waits or runs, BusUnavailable."""
        with self._lock:
            open_one = self._states.read()
            if open_one.is_open:
                raise Conflict(
                    f"A training is {open_one.phase.value} already",
                    where=f"since {open_one.started_at or open_one.asked_at:%Y-%m-%d %H:%M:%S} UTC",
                    next_step="Wait for its end: GET /api/v1/retrain.",
                )
            now = self._clock()
            asked = RetrainAsked(asked_at=now, why=why).message(self._new_id(), RETRAIN_KEY)
            self._bus.publish(Topic.RETRAIN, [asked])
            state = RetrainState(RetrainPhase.ASKED, asked_at=now)
            # The trainer may have begun already: its word is the later one.
            if not self._states.read().is_open:
                self._states.write(state)
            return state
