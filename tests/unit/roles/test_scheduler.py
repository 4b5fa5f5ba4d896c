"""What is due by the clock is done once, whatever the clock does."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from tastemaker.core.errors import EnvironmentProblem
from tastemaker.roles.looked import LookedUpTo
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


@pytest.fixture
def looked(tmp_path: Path) -> LookedUpTo:
    return LookedUpTo(tmp_path / "home" / "schedule.json")


def _scheduler(
    watch: Watch, run: Callable[[datetime], None], looked: LookedUpTo, cron: str = "0 0 * * *"
) -> Scheduler:
    return Scheduler([Job("retrain", cron, run)], 0.001, watch.clock, looked)


def test_a_job_runs_once_when_it_is_due_even_where_the_clock_steps_back(
    looked: LookedUpTo,
) -> None:
    watch, due = Watch(), list[datetime]()
    with _running(_scheduler(watch, due.append, looked)):
        watch.set(EVENING)
        assert not due
        watch.set(MIDNIGHT + timedelta(seconds=1))
        assert due == [MIDNIGHT]
        watch.set(EVENING)
        watch.set(MIDNIGHT + timedelta(seconds=2))
        assert due == [MIDNIGHT]
        watch.set(MIDNIGHT + timedelta(days=3, seconds=1))
        assert len(due) == 2


def test_a_moment_that_passed_while_none_ran_is_made_up_for_once(looked: LookedUpTo) -> None:
    watch, due = Watch(), list[datetime]()
    with _running(_scheduler(watch, due.append, looked)):
        watch.set(EVENING)
    for _ in range(2):
        with _running(_scheduler(watch, due.append, looked)):
            watch.set(MIDNIGHT + timedelta(hours=5))
        assert due == [MIDNIGHT]


def test_a_clock_that_was_years_ahead_is_no_reason_to_wait_for_years(looked: LookedUpTo) -> None:
    watch, due = Watch(), list[datetime]()
    with _running(_scheduler(watch, due.append, looked)):
        watch.set(MIDNIGHT + timedelta(days=1_000, hours=1))
        assert len(due) == 1
        watch.set(EVENING)
        watch.set(MIDNIGHT)
        assert due[1:] == [MIDNIGHT]


def test_a_job_that_could_not_be_done_is_tried_again(looked: LookedUpTo) -> None:
    watch, tries = Watch(), list[datetime]()

    def run(due_at: datetime) -> None:
        tries.append(due_at)
        if len(tries) < 3:
            raise EnvironmentProblem("The bus is away")

    with capture_logs() as lines, _running(_scheduler(watch, run, looked)):
        watch.set(EVENING)
        watch.set(MIDNIGHT)
        watch.set(MIDNIGHT + timedelta(seconds=5))
        watch.set(MIDNIGHT + timedelta(seconds=6))
    assert tries == [MIDNIGHT] * 3
    assert [(line["event"], line["job"]) for line in lines] == [("not done yet", "retrain")]


def test_each_outage_is_said_once(looked: LookedUpTo) -> None:
    watch, tries = Watch(), list[datetime]()

    def run(due_at: datetime) -> None:
        tries.append(due_at)
        if len(tries) not in (3, 6):
            raise EnvironmentProblem("The bus is away")

    with capture_logs() as lines, _running(_scheduler(watch, run, looked)):
        for day in range(2):
            for second in range(3):
                watch.set(MIDNIGHT + timedelta(days=day, seconds=second))
    assert len(tries) == 6
    assert [line["event"] for line in lines] == ["not done yet"] * 2


def test_a_schedule_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="no cron expression"):
        ScheduleConfig(retrain="at midnight")
