"""One training at a time, and the state says how it ended."""

import threading
from datetime import UTC, datetime

import pytest

from tastemaker.core.errors import Conflict, EnvironmentProblem, NotFound
from tastemaker.roles.retraining import Retraining
from tastemaker.train.model_store import StoredVersion
from tastemaker.train.retrain_state import RetrainPhase

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT_S = 30.0


class Killed:
    """A training that is ended from outside once it is told to be."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.cleared = threading.Event()

    def __call__(self) -> StoredVersion:
        assert self.may_end.wait(LIMIT_S)
        raise EnvironmentProblem("The working process was ended from outside")


def test_nothing_was_asked_for_at_first() -> None:
    killed = Killed()
    retraining = Retraining(killed, killed.cleared.set, lambda: NOW)
    assert retraining.state().phase is RetrainPhase.NEVER_ASKED


def test_a_second_one_is_refused_while_the_first_runs_and_accepted_after() -> None:
    killed = Killed()
    retraining = Retraining(killed, killed.cleared.set, lambda: NOW)
    assert retraining.ask().phase is RetrainPhase.RUNNING
    with pytest.raises(Conflict, match="already running"):
        retraining.ask()
    killed.may_end.set()
    assert killed.cleared.wait(LIMIT_S)
    assert retraining.state().phase is RetrainPhase.FAILED
    assert "ended from outside" in retraining.state().reason
    assert retraining.ask().phase is RetrainPhase.RUNNING


def test_what_a_failed_one_left_is_cleared_even_where_that_fails_too() -> None:
    tried = threading.Event()

    def no_data() -> StoredVersion:
        raise NotFound("There is no data yet")

    def busy() -> None:
        tried.set()
        raise Conflict("Another process is writing here")

    retraining = Retraining(no_data, busy, lambda: NOW)
    retraining.ask()
    assert tried.wait(LIMIT_S)
    assert "no data yet" in retraining.state().reason
