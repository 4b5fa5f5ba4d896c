"""How far a training is that was asked for, as every process of one home can read it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from tastemaker.store.disk import write_whole
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


_STATE = TypeAdapter(RetrainState)


@dataclass(frozen=True, slots=True)
class RetrainStates:
    """file: may not be there yet; its folder is made at the first write."""

    file: Path

    def read(self) -> RetrainState:
        """A file that cannot be read counts as none: the next training writes it anew."""
        try:
            return _STATE.validate_json(self.file.read_bytes())
        except (OSError, ValidationError):
            return RetrainState(RetrainPhase.NEVER_ASKED)

    def write(self, state: RetrainState) -> None:
        """Raises DiskFull or StoreUnavailable."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.file, _STATE.dump_json(state))
