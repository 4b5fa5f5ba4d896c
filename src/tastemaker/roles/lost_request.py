"""A training that counts as running though its request is gone, and nobody will end it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace

import structlog

from tastemaker.core.clock import Clock
from tastemaker.core.errors import Conflict
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus
from tastemaker.roles.trainer import Trainer
from tastemaker.train.retrain_state import RetrainPhase, RetrainState, RetrainStates

log = structlog.get_logger(__name__)


class LostRequest:
    """Says so, since every other request is refused until then: as after a bus that was emptied
    under a trainer that was killed."""

    def __init__(
        self,
        states: RetrainStates,
        bus: Bus,
        alone: Callable[[], AbstractContextManager[object]],
        clock: Clock,
    ) -> None:
        """alone: while nobody trains in this home; raises Conflict while somebody does."""
        self._states = states
        self._bus = bus
        self._alone = alone
        self._clock = clock

    def look(self) -> None:
        """Raises StoreUnavailable and BusUnavailable."""
        state = self._states.read()
        if state.phase is not RetrainPhase.RUNNING or not self._is_lost(state):
            return
        with suppress(Conflict), self._alone():
            # Once more: a training whose request went away under it may just have ended.
            if self._is_lost(state):
                log.warning("request for a training lost", asked_at=state.asked_at)
                self._fail(state)

    def _fail(self, state: RetrainState) -> None:
        phase, reason = RetrainPhase.FAILED, "Its request was lost."
        self._states.write(replace(state, phase=phase, ended_at=self._clock(), reason=reason))

    def _is_lost(self, state: RetrainState) -> bool:
        """A request is acknowledged after the end of its training is written: where the same one
        runs before and after, it ran too when nothing was left to acknowledge."""
        return self._bus.lag(Topic.RETRAIN, Trainer.group) == 0 and self._states.read() == state
