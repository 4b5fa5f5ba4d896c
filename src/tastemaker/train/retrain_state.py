"""How far a training is that a running server was asked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tastemaker.train.version_record import VersionState


class RetrainPhase(StrEnum):
    NEVER_ASKED = "never asked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RetrainState:
    """Of the latest one this server was asked for. version, outcome: once it is done.

    reason: why it serves or does not, or why it failed.
    """

    phase: RetrainPhase
    started_at: datetime | None = None
    ended_at: datetime | None = None
    version: str | None = None
    outcome: VersionState | None = None
    reason: str = ""
