"""Puts answers to slates into their log, of all recorded events that name one."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from pydantic import BaseModel, ValidationError

from tastemaker.core.errors import EnvironmentProblem, TastemakerError
from tastemaker.core.slate_answers import feedback_of
from tastemaker.core.slate_record import SlateFeedback
from tastemaker.ports import SlateLog
from tastemaker.store.disk import write_whole
from tastemaker.store.interactions import InteractionLog

log = structlog.get_logger(__name__)

_LOOK_EVERY_S = 5.0
_N_AT_ONCE = 1_000


class _Row(BaseModel, frozen=True, extra="forbid"):
    row: int


@dataclass(frozen=True, slots=True)
class AnsweredUpTo:
    """file: may not be there yet; its folder is made at the first write."""

    file: Path

    def read(self) -> int:
        """Number of the last event that need not be looked at again; 0 where none is known."""
        try:
            return _Row.model_validate_json(self.file.read_bytes()).row
        except (OSError, ValidationError):
            return 0

    def write(self, row: int) -> None:
        """Raises DiskFull or StoreUnavailable."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.file, _Row(row=row).model_dump_json().encode())


class AnswerKeeper:
    """A gateway does so at once, in memory; this makes good what a killed one left, and what came
    by the bus. An answer is known by its event: again, it changes nothing."""

    def __init__(
        self,
        interactions: InteractionLog,
        slate_log: SlateLog,
        place: AnsweredUpTo,
        max_rating: float,
    ) -> None:
        self._interactions = interactions
        self._slate_log = slate_log
        self._place = place
        self._max_rating = max_rating
        self._done = self._seen = place.read()
        self._is_away = False
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        """Until stopped. Where a server is away, that is said once."""
        while not self._stopped.wait(_LOOK_EVERY_S):
            try:
                self.look()
            except TastemakerError as error:
                if not self._is_away:
                    log.warning("answers to slates wait", why=str(error))
                self._is_away = True
            else:
                self._is_away = False

    def look(self) -> None:
        """At all events since the last look but one: where several write at once, an event may be
        seen after others that have higher numbers."""
        last = self._interactions.last_row()
        if last < self._seen:  # another database
            self._done = self._seen = 0
        if last == self._done:
            return
        row = self._done
        while found := self._interactions.naming_slates(row, last, _N_AT_ONCE):
            self._record(feedback_of((event for _, event in found), self._max_rating))
            row = found[-1][0]
        if self._seen != self._done:
            self._place.write(self._seen)
        self._done, self._seen = self._seen, last

    def _record(self, answers: Sequence[SlateFeedback]) -> None:
        try:
            self._slate_log.record([], answers)
        except EnvironmentProblem:
            raise
        except TastemakerError as error:
            if len(answers) == 1:
                log.warning("answer not recorded", event_id=answers[0].event_id, why=str(error))
                return
            half = len(answers) // 2
            self._record(answers[:half])
            self._record(answers[half:])
