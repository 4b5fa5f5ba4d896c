"""How far a training is, for every process on the database."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from tastemaker.store.database import Database
from tastemaker.store.retrain_table import retrain_state
from tastemaker.train.retrain_state import RetrainPhase, RetrainState, RetrainStates
from tastemaker.train.version_record import VersionState

NOW = datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)
ASKED = RetrainState(RetrainPhase.ASKED, NOW)
DONE = RetrainState(
    RetrainPhase.DONE,
    NOW,
    NOW + timedelta(seconds=1),
    NOW + timedelta(seconds=90),
    "v1",
    VersionState.REJECTED,
    "Хуже: " + "very much so, " * 1_000,
)


@pytest.fixture
def states(engine: Engine) -> RetrainStates:
    with engine.begin() as connection:
        connection.execute(retrain_state.delete())
    return RetrainStates(Database(engine))


def test_the_latest_word_counts_for_whoever_reads(states: RetrainStates, engine: Engine) -> None:
    elsewhere = RetrainStates(Database(engine))
    assert elsewhere.read() == RetrainState(RetrainPhase.NEVER_ASKED)
    for state in (ASKED, DONE, ASKED):
        states.write(state)
        assert elsewhere.read() == state
