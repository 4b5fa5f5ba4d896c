"""Asks for what is due by the clock, and bounds what piles up."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from cronsim import CronSim, CronSimError
from pydantic import BaseModel, Field, field_validator

from tastemaker.core.clock import Clock
from tastemaker.core.errors import TastemakerError
from tastemaker.roles.looked import LookedUpTo

log = structlog.get_logger(__name__)

_BELIEVED_STEP = timedelta(days=1)


class ScheduleConfig(BaseModel, frozen=True, extra="forbid"):
    retrain: str | None = "0 0 * * *"  # cron, UTC; none: never by the clock
    refresh: str | None = "30 0 * * *"  # cron, UTC: all stored slates are made anew
    retrain_every_events: int | None = Field(default=10_000, ge=1)  # new ones; none: not by number
    prune: str = "15 * * * *"  # cron, UTC: bus, stored slates and logs are cut to their bounds
    look_every_s: float = Field(default=1.0, gt=0, le=60)

    @field_validator("retrain", "refresh", "prune")
    @classmethod
    def _is_cron(cls, given: str | None) -> str | None:
        try:
            if given is not None:
                CronSim(given, datetime(2026, 1, 1))  # noqa: DTZ001 - only its form is looked at
        except CronSimError as error:
            raise ValueError(f"no cron expression: {error}") from error
        return given


@dataclass(frozen=True, slots=True)
class Job:
    """run: takes the moment it was due, which names it: two schedulers ask for one thing."""

    name: str
    cron: str
    run: Callable[[datetime], None]


class Scheduler:
    def __init__(
        self,
        jobs: Sequence[Job],
        look_every_s: float,
        clock: Clock,
        looked: LookedUpTo,
    ) -> None:
        self._jobs = jobs
        self._look_every_s = look_every_s
        self._clock = clock
        self._looked = looked
        self._not_done = set[str]()
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        """Until stopped. A job whose moment passed while no scheduler ran is run once, late.

        A clock that steps back runs no job twice; one that leaps runs it once.
        """
        now = self._clock()
        before = self._looked.read()
        done = {job.name: before.get(job.name, now) for job in self._jobs}
        self._note(done)
        due = {job.name: _next(job.cron, done[job.name]) for job in self._jobs}
        while not self._stopped.wait(self._look_every_s):
            now = self._clock()
            for job in self._jobs:
                due[job.name] = _believable(due[job.name], job.cron, now)
                run = partial(job.run, due[job.name])
                if now >= due[job.name] and self._tried(job.name, run):
                    # Killed before this is noted, the next one asks for the same by the same name.
                    done[job.name], due[job.name] = now, _next(job.cron, now)
                    self._note(done)

    def _note(self, done: Mapping[str, datetime]) -> None:
        self._tried("note what is done", partial(self._looked.write, done))

    def _tried(self, name: str, work: Callable[[], None]) -> bool:
        """False where a server was away: what was due is tried again at the next look. That is said
        once, until it is done."""
        try:
            work()
        except TastemakerError as error:
            if name not in self._not_done:
                log.warning("not done yet", job=name, why=str(error))
            self._not_done.add(name)
            return False
        self._not_done.discard(name)
        return True


def _believable(due: datetime, cron: str, now: datetime) -> datetime:
    """Where a clock that was far ahead was set right, the job need not wait until then."""
    if due - now <= _BELIEVED_STEP:
        return due
    coming = _next(cron, now)
    return coming if due > _next(cron, coming) else due


def _next(cron: str, after: datetime) -> datetime:
    moment: datetime = next(CronSim(cron, after))
    return moment
