"""Trainings a running server is asked for, one at a time, in a process of their own."""

import threading
from collections.abc import Callable
from dataclasses import replace

import structlog

from tastemaker.core.clock import Clock
from tastemaker.core.errors import Conflict, TastemakerError
from tastemaker.train.model_store import StoredVersion
from tastemaker.train.retrain_state import RetrainPhase, RetrainState

log = structlog.get_logger(__name__)


class Retraining:
    """Safe to use from several threads."""

    def __init__(
        self,
        train_apart: Callable[[], StoredVersion],
        clear_unfinished: Callable[[], None],
        clock: Clock,
    ) -> None:
        """train_apart: works outside this process. clear_unfinished: called after a failure."""
        self._train_apart = train_apart
        self._clear_unfinished = clear_unfinished
        self._clock = clock
        self._lock = threading.Lock()
        self._state = RetrainState(RetrainPhase.NEVER_ASKED)

    def state(self) -> RetrainState:
        return self._state

    def ask(self) -> RetrainState:
        """Returns at once. Raises Conflict while one is running."""
        with self._lock:
            if self._state.phase is RetrainPhase.RUNNING:
                raise Conflict(
                    "A training is already running",
                    where=f"since {self._state.started_at:%Y-%m-%d %H:%M:%S} UTC",
                    next_step="Wait for its end: GET /api/v1/retrain.",
                )
            started = RetrainState(RetrainPhase.RUNNING, started_at=self._clock())
            self._state = started
        threading.Thread(target=self._run, name="retraining", daemon=True).start()
        return started

    def _run(self) -> None:
        try:
            made = self._train_apart()
        except TastemakerError as error:
            self._end(RetrainPhase.FAILED, reason=str(error))
            self._clear()
        except Exception:
            log.exception("training failed")
            self._end(RetrainPhase.FAILED, reason="An error of its own; the log has the details.")
            self._clear()
        else:
            self._end(
                RetrainPhase.DONE,
                version=made.version,
                outcome=made.state,
                reason=made.record.reason,
            )

    def _end(self, phase: RetrainPhase, **more: object) -> None:
        log.info("training ended", phase=phase.value, **more)
        with self._lock:
            self._state = replace(
                self._state,
                phase=phase,
                ended_at=self._clock(),
                **more,  # type: ignore[arg-type]
            )

    def _clear(self) -> None:
        try:
            self._clear_unfinished()
        except TastemakerError as error:
            log.warning("what the training left is still there", why=str(error))
