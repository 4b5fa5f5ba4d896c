"""Trains when asked, once for all who asked meanwhile, and announces what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
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


class Trainer:
    """All requests lie under one key, so that of several trainers one alone reads them."""

    topics = (Topic.RETRAIN,)
    group = "trainer"

    def __init__(
        self,
        train: Callable[[], StoredVersion],
        clear_unfinished: Callable[[], None],
        newest_begun_at: Callable[[], datetime | None],
        states: RetrainStates,
        bus: Bus,
        clock: Clock,
    ) -> None:
        """train: in a process of its own. newest_begun_at: of the trainings that ended well.
        clear_unfinished: called after one that failed."""
        self._train = train
        self._clear_unfinished = clear_unfinished
        self._newest_begun_at = newest_begun_at
        self._states = states
        self._bus = bus
        self._clock = clock

    def handle(self, deliveries: Sequence[Delivery]) -> None:
        """A request made before the newest training began is answered by that one."""
        asked = [payload_of(delivery.message, RetrainAsked) for delivery in deliveries]
        asked_at = max(one.asked_at for one in asked)
        begun_at = self._newest_begun_at()
        if begun_at is not None and asked_at <= begun_at:
            log.info("training done already", begun_at=begun_at.isoformat())
            return
        log.info("training", why=sorted({one.why for one in asked}), n_requests=len(asked))
        running = RetrainState(RetrainPhase.RUNNING, asked_at, started_at=self._clock())
        self._states.write(running)
        made = self._trained(running)
        if made is not None and made.state is VersionState.IN_SERVICE:
            self._announce(made.version)

    def _trained(self, running: RetrainState) -> StoredVersion | None:
        """None where it failed, which the state tells. Raises EnvironmentProblem where another
        process trains: then this one waits for its turn."""
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
            outcome, reason = made.state, made.record.reason
            self._end(
                replace(running, version=made.version, outcome=outcome, reason=reason),
                RetrainPhase.DONE,
            )
            return made
        return None

    def _fail(self, running: RetrainState, reason: str) -> None:
        self._end(replace(running, reason=reason), RetrainPhase.FAILED)
        try:
            self._clear_unfinished()
        except TastemakerError as error:
            log.warning("what the training left is still there", why=str(error))

    def _end(self, state: RetrainState, phase: RetrainPhase) -> None:
        log.info("training ended", phase=phase.value, version=state.version, reason=state.reason)
        self._states.write(replace(state, phase=phase, ended_at=self._clock()))

    def _announce(self, version: str) -> None:
        updated = ModelUpdated(version=version).message(f"model-{version}")
        refresh = RefreshAsked(older_than=self._clock()).message(f"refresh-{version}")
        self._bus.publish(Topic.MODEL_UPDATED, [updated])
        self._bus.publish(Topic.REFRESH, [refresh])
