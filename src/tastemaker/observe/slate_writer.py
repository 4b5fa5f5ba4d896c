"""Slates on their way to the log, so that nobody who is shown one waits for it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

import structlog
from pydantic import BaseModel, Field

from tastemaker.core.errors import EnvironmentProblem
from tastemaker.core.ids import EventId, SessionId, UserId
from tastemaker.core.slate_record import AnsweredSlate, ShownSlate, SlateFeedback
from tastemaker.ports import SlateLog

log = structlog.get_logger(__name__)

_SAY_EVERY_S = 60.0


class SlateWritingConfig(BaseModel, frozen=True, extra="forbid"):
    max_waiting: int = Field(default=50_000, ge=1)  # not written yet; more are lost and counted
    max_at_once: int = Field(default=2_000, ge=1)  # slates or answers to them in one write
    write_every_s: float = Field(default=0.2, gt=0, le=60)  # a write takes what came in meanwhile
    retry_s: float = Field(default=1.0, gt=0, le=600)  # where the log is away


class SlateWriter:
    """One thread that writes what came in. Safe to use from several threads.

    Where the log is away, what comes in waits for it, up to the bound; what is beyond it is lost.
    """

    def __init__(
        self,
        slate_log: SlateLog,
        config: SlateWritingConfig,
        stopwatch: Callable[[], float],
        on_written: Callable[[int], None] = lambda _n: None,
        on_lost: Callable[[int], None] = lambda _n: None,
    ) -> None:
        """stopwatch: monotonic seconds. on_written, on_lost: take how many, from any thread."""
        self._log = slate_log
        self._config = config
        self._stopwatch = stopwatch
        self._on_written = on_written
        self._on_lost = on_lost
        self._changed = threading.Condition()
        self._shown: dict[SessionId, ShownSlate] = {}
        self._feedback: dict[EventId, SlateFeedback] = {}
        self._is_closed = False
        self._n_lost_unsaid = 0
        self._said_at_s = -_SAY_EVERY_S
        self._thread = threading.Thread(target=self._run, name="slate-writer", daemon=True)
        self._thread.start()

    def shown(self, slate: ShownSlate) -> None:
        """Returns at once and never raises."""
        with self._changed:
            if self._has_room():
                # Woken by the first alone: to wake it costs more than to keep a slate.
                if not self.n_waiting():
                    self._changed.notify()
                self._shown.setdefault(slate.session_id, slate)
                return
        self._lose(1, "more wait than slate_writing.max_waiting")

    def answered(self, feedback: Sequence[SlateFeedback]) -> None:
        """Returns at once and never raises."""
        with self._changed:
            n_taken = 0
            while n_taken < len(feedback) and self._has_room():
                self._feedback.setdefault(feedback[n_taken].event_id, feedback[n_taken])
                n_taken += 1
            self._changed.notify()
        if n_taken < len(feedback):
            self._lose(len(feedback) - n_taken, "more wait than slate_writing.max_waiting")

    def find(self, session_id: SessionId) -> AnsweredSlate | None:
        """Also one that is not written yet. Raises SlateLogUnavailable."""
        with self._changed:
            waiting = self._shown.get(session_id)
            answers = [f for f in self._feedback.values() if f.session_id == session_id]
        if waiting is not None:
            return AnsweredSlate(waiting, tuple(answers))
        found = self._log.find(session_id)
        if found is None or not answers:
            return found
        known = {answer.event_id for answer in found.feedback}
        new = (answer for answer in answers if answer.event_id not in known)
        return replace(found, feedback=(*found.feedback, *new))

    def forget(self, user_id: UserId) -> None:
        """All slates shown to a user, written or not. Raises SlateLogUnavailable."""
        with self._changed:
            for session_id in [s for s, shown in self._shown.items() if shown.user_id == user_id]:
                del self._shown[session_id]
        self._log.forget(user_id)

    def n_waiting(self) -> int:
        return len(self._shown) + len(self._feedback)

    def close(self) -> None:
        """Write what waits, by one last try, and stop."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join()

    def _has_room(self) -> bool:
        return self.n_waiting() < self._config.max_waiting

    def _run(self) -> None:
        pause_s = self._config.write_every_s
        while self._wait(pause_s):
            with self._changed:
                shown = list(islice(self._shown.values(), self._config.max_at_once))
                feedback = list(islice(self._feedback.values(), self._config.max_at_once))
            is_written = self._written(shown, feedback)
            if is_written:
                self._forget(shown, feedback)
            elif self._is_closed:
                self._lose(self.n_waiting(), "the log was away at the end")
                return
            pause_s = self._config.write_every_s if is_written else self._config.retry_s

    def _wait(self, pause_s: float) -> bool:
        """Until something is there and the pause is over; False once closed with nothing left."""
        with self._changed:
            self._changed.wait_for(lambda: self.n_waiting() or self._is_closed)
            self._changed.wait_for(lambda: self._is_closed, pause_s)
            return self.n_waiting() > 0

    def _written(self, shown: list[ShownSlate], feedback: list[SlateFeedback]) -> bool:
        """False where the log is away; what it cannot hold is lost and does not come again."""
        try:
            self._log.record(shown, feedback)
        except EnvironmentProblem as error:
            self._say(str(error))
            return False
        except Exception as error:
            if len(shown) + len(feedback) == 1:
                log.warning("slate not recorded", why=repr(error))
                self._on_lost(1)
                return True
            # One of them may be at fault: the others must not suffer for it.
            parts: list[tuple[list[ShownSlate], list[SlateFeedback]]] = []
            parts += [([slate], []) for slate in shown]
            parts += [([], [answer]) for answer in feedback]
            written = [self._written(*part) for part in parts]
            return all(written)
        self._on_written(len(shown) + len(feedback))
        return True

    def _forget(self, shown: list[ShownSlate], feedback: list[SlateFeedback]) -> None:
        with self._changed:
            for slate in shown:
                self._shown.pop(slate.session_id, None)
            for answer in feedback:
                self._feedback.pop(answer.event_id, None)

    def _lose(self, n: int, why: str) -> None:
        self._on_lost(n)
        self._n_lost_unsaid += n
        self._say(why)

    def _say(self, why: str) -> None:
        """Once in a while: a log that is away must not fill the disk with lines."""
        now_s = self._stopwatch()
        if now_s - self._said_at_s < _SAY_EVERY_S:
            return
        self._said_at_s = now_s
        n_lost, self._n_lost_unsaid = self._n_lost_unsaid, 0
        log.warning("slates not recorded", why=why, n_waiting=self.n_waiting(), n_lost=n_lost)
