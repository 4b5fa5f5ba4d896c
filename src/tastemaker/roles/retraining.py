"""Asking for a training: the trainer does it, wherever it runs."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from tastemaker.core.clock import Clock
from tastemaker.core.errors import Conflict, EnvironmentProblem
from tastemaker.core.topics import RetrainAsked, Topic
from tastemaker.ports import Bus
from tastemaker.train.retrain_state import RetrainPhase, RetrainState, RetrainStates

_TAKEN_UP_WITHIN = timedelta(minutes=5)

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
        """Raises StoreUnavailable."""
        return self._states.read()

    def ask(self, why: str = "asked for") -> RetrainState:
        """Returns once the bus has it. Raises Conflict while one waits or runs, BusUnavailable
        and StoreUnavailable."""
        now = self._clock()
        state = RetrainState(RetrainPhase.ASKED, asked_at=now)
        # Before the request goes out: from then on the trainer's word is the later one, and who
        # asks while the bus is silent need not wait for it too.
        before = self._replaced_by(state, now)
        asked = RetrainAsked(asked_at=now, why=why).message(self._new_id(), RETRAIN_KEY)
        try:
            self._bus.publish(Topic.RETRAIN, [asked])
        except EnvironmentProblem:
            self._states.write(before)
            raise
        return state

    def _replaced_by(self, state: RetrainState, now: datetime) -> RetrainState:
        """Raises Conflict where one is open."""
        with self._lock:
            before = self._states.read()
            if self._is_open(before, now):
                raise Conflict(
                    f"A training is {before.phase.value} already",
                    where=f"since {before.started_at or before.asked_at:%Y-%m-%d %H:%M:%S} UTC",
                    next_step="Wait for its end: GET /api/v1/retrain.",
                )
            self._states.write(state)
            return before

    def _is_open(self, state: RetrainState, now: datetime) -> bool:
        """A request that nobody took up for long may be made again: both end in one training."""
        if state.phase is RetrainPhase.ASKED and state.asked_at is not None:
            return now - state.asked_at < _TAKEN_UP_WITHIN
        return state.phase is RetrainPhase.RUNNING
