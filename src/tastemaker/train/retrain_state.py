"""How far a training is that was asked for, as every process on the database can read it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select

from tastemaker.store.database import Database
from tastemaker.store.instants import from_us, to_us
from tastemaker.store.retrain_table import LATEST, retrain_state
from tastemaker.train.version_record import VersionState


class RetrainPhase(StrEnum):
    NEVER_ASKED = "never asked"
    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RetrainState:
    """Of the latest one. version, outcome: once it is done.

    reason: why it serves or does not, or why it failed.
    """

    phase: RetrainPhase
    asked_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    version: str | None = None
    outcome: VersionState | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        return self.phase in (RetrainPhase.ASKED, RetrainPhase.RUNNING)


class RetrainStates:
    """Raises StoreUnavailable and DiskFull."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> RetrainState:
        with self._database.reading() as connection:
            row = connection.execute(select(retrain_state)).one_or_none()
        return RetrainState(RetrainPhase.NEVER_ASKED) if row is None else _state_of(row)

    def write(self, state: RetrainState) -> None:
        """In place of the one before."""
        told = {
            "phase": state.phase.value,
            "asked_at_us": _us(state.asked_at),
            "started_at_us": _us(state.started_at),
            "ended_at_us": _us(state.ended_at),
            "version": state.version,
            "outcome": None if state.outcome is None else state.outcome.value,
            "reason": state.reason,
        }
        statement = self._database.insert(retrain_state).values(row=LATEST, **told)
        statement = statement.on_conflict_do_update(index_elements=["row"], set_=told)
        with self._database.writing() as connection:
            connection.execute(statement)


def _state_of(row: Row[Any]) -> RetrainState:
    return RetrainState(
        phase=RetrainPhase(row.phase),
        asked_at=_at(row.asked_at_us),
        started_at=_at(row.started_at_us),
        ended_at=_at(row.ended_at_us),
        version=row.version,
        outcome=None if row.outcome is None else VersionState(row.outcome),
        reason=row.reason,
    )


def _us(at: datetime | None) -> int | None:
    return None if at is None else to_us(at)


def _at(at_us: int | None) -> datetime | None:
    return None if at_us is None else from_us(at_us)
