"""Trains when asked, once for all who asked meanwhile, and announces what came of it."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from tastemaker.core import trace
from tastemaker.core.clock import Clock
from tastemaker.core.errors import (
    Conflict,
    EnvironmentProblem,
    ProcessEnded,
    TastemakerError,
)
from tastemaker.core.message import Delivery
from tastemaker.core.topics import ModelUpdated, RefreshAsked, RetrainAsked, Topic, payload_of
from tastemaker.ports import Bus
from tastemaker.train.model_store import StoredVersion
from tastemaker.train.retrain_state import RetrainPhase, RetrainState, RetrainStates
from tastemaker.train.version_record import VersionState

log = structlog.get_logger(__name__)

_MAX_IN_VAIN = 3
"""Trainings of one request, where something goes away in the middle of each."""


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


@dataclass(frozen=True, slots=True)
class Workshop:
    """newest: of the versions stored, once what a killed training left is finished or cleared.
    check: costs little and raises what a training would meet in the end. train: in a process of its
    own. clear: removes what a failed one left. share: puts a version where other machines fetch it.

    Each raises Conflict while another process trains, EnvironmentProblem where something is away.
    """

    newest: Callable[[], Trained | None]
    check: Callable[[], None]
    train: Callable[[], Trained]
    clear: Callable[[], None]
    share: Callable[[str], None] = lambda _version: None


@dataclass(frozen=True, slots=True)
class _Request:
    """headers: of the message it came in."""

    asked: RetrainAsked
    headers: Mapping[str, str]


def _latest(requests: Sequence[_Request]) -> _Request:
    return max(requests, key=lambda request: request.asked.asked_at)


class Trainer:
    """All requests lie under one key, so that of several trainers one alone reads them."""

    topics = (Topic.RETRAIN,)
    group = "trainer"

    def __init__(
        self,
        workshop: Workshop,
        states: RetrainStates,
        bus: Bus,
        clock: Clock,
        on_ended: Callable[[RetrainPhase], None] = lambda _phase: None,
    ) -> None:
        self._workshop = workshop
        self._states = states
        self._bus = bus
        self._clock = clock
        self._on_ended = on_ended
        self._n_in_vain = 0
        self._is_stopping = threading.Event()

    def stop(self) -> None:
        """No training begins any more, and one that is ended from now on has not failed: `handle`
        raises, so that its requests go to the next trainer."""
        self._is_stopping.set()

    def handle(self, deliveries: Sequence[Delivery]) -> None:
        """A request made before the newest training began is answered by that one.

        Raises EnvironmentProblem where something is away, or another process trains: then this one
        waits for its turn.
        """
        try:
            self._handle(deliveries)
        except Conflict as busy:
            raise EnvironmentProblem(busy.what, where=busy.where) from busy

    def _handle(self, deliveries: Sequence[Delivery]) -> None:
        newest = self._workshop.newest()
        answered: list[_Request] = []
        open_ones: list[_Request] = []
        for delivery in deliveries:
            request = _Request(payload_of(delivery.message, RetrainAsked), delivery.message.headers)
            is_answered = self._is_answered(request.asked, newest)
            (answered if is_answered else open_ones).append(request)
        if newest is not None and answered:
            with trace.joined(_latest(answered).headers):
                self._told_of(newest)
        if open_ones:
            with trace.joined(_latest(open_ones).headers):
                self._train_for([request.asked for request in open_ones])

    def _train_for(self, asked: Sequence[RetrainAsked]) -> None:
        if self._is_stopping.is_set():
            raise EnvironmentProblem("This trainer is stopping")
        self._workshop.check()
        asked_at = max(one.asked_at for one in asked)
        log.info("training", why=sorted({one.why for one in asked}), n_requests=len(asked))
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
        try:
            made = self._workshop.train()
        except Conflict:
            raise
        except TastemakerError as error:
            if self._is_worth_another_try(error):
                raise
            self._fail(running, str(error))
        except Exception:
            log.exception("training failed")
            self._fail(running, "An error of its own; the log has the details.")
        else:
            self._tell(running, made)

    def _is_worth_another_try(self, error: TastemakerError) -> bool:
        """Where something went away meanwhile; not for ever, since every try costs a training."""
        if not isinstance(error, EnvironmentProblem):
            return False
        if self._is_stopping.is_set():
            return True
        if isinstance(error, ProcessEnded):
            return False
        self._n_in_vain += 1
        return self._n_in_vain < _MAX_IN_VAIN

    def _tell(self, state: RetrainState, made: Trained) -> None:
        # Announced before it counts as ended: who comes after a killed one announces it again.
        if made.state is VersionState.IN_SERVICE:
            self._announce(made)
        told = replace(state, version=made.version, outcome=made.state, reason=made.reason)
        self._end(told, RetrainPhase.DONE)

    def _fail(self, running: RetrainState, reason: str) -> None:
        # First, so that there is room for the state where a full disk was the reason.
        try:
            self._workshop.clear()
        except TastemakerError as error:
            log.warning("what the training left is still there", why=str(error))
        self._end(replace(running, reason=reason), RetrainPhase.FAILED)

    def _end(self, state: RetrainState, phase: RetrainPhase) -> None:
        log.info("training ended", phase=phase.value, version=state.version, reason=state.reason)
        self._states.write(replace(state, phase=phase, ended_at=self._clock()))
        self._n_in_vain = 0
        self._on_ended(phase)

    def _announce(self, made: Trained) -> None:
        self._workshop.share(made.version)
        updated = ModelUpdated(version=made.version).message(f"model-{made.version}")
        refresh = RefreshAsked(older_than=made.begun_at, version=made.version)
        self._bus.publish(Topic.MODEL_UPDATED, [updated])
        self._bus.publish(Topic.REFRESH, [refresh.message(f"refresh-{made.version}")])
