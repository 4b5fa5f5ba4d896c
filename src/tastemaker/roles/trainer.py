"""Trains when asked, once for all who asked meanwhile, and announces what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from tastemaker.core.clock import Clock
from tastemaker.core.errors import Conflict, EnvironmentProblem, TastemakerError
from tastemaker.core.message import Delivery
from tastemaker.core.topics import ModelUpdated, RefreshAsked, RetrainAsked, Topic, payload_of
from tastemaker.ports import Bus
from tastemaker.train.model_store import StoredVersion
from tastemaker.train.retrain_state import RetrainPhase, RetrainState, RetrainStates
from tastemaker.train.version_record import VersionState

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Trained:
    """A version that is stored. begun_at: when its training began."""

    version: str
    begun_at: datetime
    state: VersionState
    reason: str = ""

    @classmethod
    def of(cls, stored: StoredVersion) -> "Trained":
        begun_at = stored.manifest.provenance.created_at
        return cls(stored.version, begun_at, stored.state, stored.record.reason)


class Trainer:
    """All requests lie under one key, so that of several trainers one alone reads them."""

    topics = (Topic.RETRAIN,)
    group = "trainer"

    def __init__(
        self,
        train: Callable[[], Trained],
        clear_unfinished: Callable[[], None],
        newest: Callable[[], Trained | None],
        states: RetrainStates,
        bus: Bus,
        clock: Clock,
        share: Callable[[str], None] = lambda _version: None,
    ) -> None:
        """train: in a process of its own. newest: of the versions stored. clear_unfinished: called
        after a training that failed. share: puts a version where other machines fetch it."""
        self._train = train
        self._clear_unfinished = clear_unfinished
        self._newest = newest
        self._states = states
        self._bus = bus
        self._clock = clock
        self._share = share

    def handle(self, deliveries: Sequence[Delivery]) -> None:
        """A request made before the newest training began is answered by that one."""
        newest = self._newest()
        asked = [payload_of(delivery.message, RetrainAsked) for delivery in deliveries]
        open_ones = [one for one in asked if not self._is_answered(one, newest)]
        if not open_ones:
            if newest is not None:
                self._told_of(newest)
            return
        asked_at = max(one.asked_at for one in open_ones)
        log.info("training", why=sorted({one.why for one in open_ones}), n_requests=len(asked))
        running = RetrainState(RetrainPhase.RUNNING, asked_at, started_at=self._clock())
        self._states.write(running)
        self._train_and_tell(running)

    def _is_answered(self, asked: RetrainAsked, newest: Trained | None) -> bool:
        if newest is None:
            return False
        if asked.newest is not None:
            return asked.newest != newest.version
        # A training that is yet to begin tells that the clock stepped back: better one too many.
        return asked.asked_at <= newest.begun_at <= self._clock()

    def _told_of(self, newest: Trained) -> None:
        """What a trainer did not come to say that was killed when all but this was done."""
        log.info("training done already", version=newest.version)
        state = self._states.read()
        is_of_it = state.asked_at is not None and state.asked_at <= newest.begun_at
        if state.is_open and is_of_it:
            self._tell(state, newest)

    def _train_and_tell(self, running: RetrainState) -> None:
        """Raises EnvironmentProblem where another process trains: then this one waits for its
        turn."""
        try:
            made = self._train()
        except Conflict as busy:
            raise EnvironmentProblem(busy.what, where=busy.where) from busy
        except TastemakerError as error:
            self._fail(running, str(error))
        except Exception:
            log.exception("training failed")
            self._fail(running, "An error of its own; the log has the details.")
        else:
            self._tell(running, made)

    def _tell(self, state: RetrainState, made: Trained) -> None:
        # Announced before it counts as ended: who comes after a killed one announces it again.
        if made.state is VersionState.IN_SERVICE:
            self._announce(made)
        told = replace(state, version=made.version, outcome=made.state, reason=made.reason)
        self._end(told, RetrainPhase.DONE)

    def _fail(self, running: RetrainState, reason: str) -> None:
        self._end(replace(running, reason=reason), RetrainPhase.FAILED)
        try:
            self._clear_unfinished()
        except TastemakerError as error:
            log.warning("what the training left is still there", why=str(error))

    def _end(self, state: RetrainState, phase: RetrainPhase) -> None:
        log.info("training ended", phase=phase.value, version=state.version, reason=state.reason)
        self._states.write(replace(state, phase=phase, ended_at=self._clock()))

    def _announce(self, made: Trained) -> None:
        self._share(made.version)
        updated = ModelUpdated(version=made.version).message(f"model-{made.version}")
        refresh = RefreshAsked(older_than=made.begun_at, version=made.version)
        self._bus.publish(Topic.MODEL_UPDATED, [updated])
        self._bus.publish(Topic.REFRESH, [refresh.message(f"refresh-{made.version}")])
