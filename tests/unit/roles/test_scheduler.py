"""What is due by the clock is done once, whatever the clock does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from tastemaker.core.errors import EnvironmentProblem
from tastemaker.roles.scheduler import Job, ScheduleConfig, Scheduler

LIMIT_S = 30.0
EVENING = datetime(2026, 1, 1, 23, 59, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 1, 2, tzinfo=UTC)


class Watch:
    """Moved by hand; tells how often it was looked at."""

    def __init__(self) -> None:
        self.now = EVENING
        self.n_looks = 0
        self.looked = threading.Condition()

    def clock(self) -> datetime:
        with self.looked:
            self.n_looks += 1
            self.looked.notify_all()
            return self.now

    def set(self, now: datetime) -> None:
        """Returns once it was looked at twice since, so that all that was due is done."""
        with self.looked:
            self.now = now
            until = self.n_looks + 2
            assert self.looked.wait_for(lambda: self.n_looks >= until, LIMIT_S)


@contextmanager
def _running(scheduler: Scheduler) -> Iterator[None]:
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    try:
        yield
    finally:
        scheduler.stop()
        thread.join(LIMIT_S)
    assert not thread.is_alive()


def test_a_job_runs_once_when_it_is_due_even_where_the_clock_steps_back() -> None:
    watch, due = Watch(), list[datetime]()
    job = Job("retrain", "0 0 * * *", due.append)
    with _running(Scheduler([job], lambda: None, 0.001, watch.clock)):
        watch.set(EVENING)
        assert not due
        watch.set(MIDNIGHT + timedelta(seconds=1))
        assert due == [MIDNIGHT]
        watch.set(EVENING)
        watch.set(MIDNIGHT + timedelta(seconds=2))
        assert due == [MIDNIGHT]
        watch.set(MIDNIGHT + timedelta(days=3, seconds=1))
        assert len(due) == 2


def test_a_job_that_could_not_be_done_is_tried_again() -> None:
    watch, tries = Watch(), list[datetime]()

    def run(due_at: datetime) -> None:
        tries.append(due_at)
        if len(tries) < 3:
            raise EnvironmentProblem("The bus is away")

    with _running(Scheduler([Job("refresh", "0 0 * * *", run)], lambda: None, 0.001, watch.clock)):
        watch.set(EVENING)
        watch.set(MIDNIGHT)
        watch.set(MIDNIGHT + timedelta(seconds=5))
        watch.set(MIDNIGHT + timedelta(seconds=6))
    assert tries == [MIDNIGHT] * 3


def test_a_schedule_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="no cron expression"):
        ScheduleConfig(retrain="at midnight")
