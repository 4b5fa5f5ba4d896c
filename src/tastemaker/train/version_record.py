"""What became of a trained version, kept beside its models."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ValidationError, field_validator

from tastemaker.core.errors import ModelCorrupt
from tastemaker.store.disk import write_whole
from tastemaker.train.gate import CANDIDATE, Verdict

RECORD = "record.json"


class VersionState(StrEnum):
    TRAINED = "trained"
    IN_SERVICE = "in service"
    REJECTED = "rejected"
    RETIRED = "retired"


class VersionRecord(BaseModel, frozen=True, extra="forbid"):
    """verdict: None for one that was never judged. variant: the one that answered where none was
    named. similar_variant: on the pages of items; older records do not tell. candidate_recall: by
    variant and number of candidates, as in `candidate_recall`.

    left_out: models the data was not enough for, with the reason. promoted_at: oldest first.
    """

    verdict: Verdict | None = None
    variant: str | None = None
    similar_variant: str | None = None
    candidate_recall: dict[str, dict[int, float]] = {}
    left_out: dict[str, str] = {}
    training_s: float | None = None
    promoted_at: tuple[datetime, ...] = ()

    @field_validator("candidate_recall", mode="before")
    @classmethod
    def _of_a_number(cls, given: object) -> object:
        """Older records hold one figure, of a number of candidates that they do not tell."""
        return given if isinstance(given, dict) else {}

    def state(self, *, is_current: bool) -> VersionState:
        if is_current:
            return VersionState.IN_SERVICE
        if self.promoted_at:
            return VersionState.RETIRED
        if self.verdict is not None and not self.verdict.passed:
            return VersionState.REJECTED
        return VersionState.TRAINED

    def promoted(self, at: datetime) -> "VersionRecord":
        return self.model_copy(update={"promoted_at": (*self.promoted_at, at)})

    @property
    def metrics(self) -> dict[str, dict[str, float]]:
        """By variant of the version, the means over the people it was judged by; maybe none."""
        if self.verdict is None:
            return {}
        return {
            name.removeprefix(CANDIDATE).lstrip() or self.variant or "": values
            for name, values in self.verdict.metrics.items()
            if name.startswith(CANDIDATE)
        }

    @property
    def reason(self) -> str:
        return "" if self.verdict is None else self.verdict.reason


def read_record(folder: Path) -> VersionRecord:
    """An empty one where there is none. Raises ModelCorrupt."""
    path = folder / RECORD
    try:
        return VersionRecord.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return VersionRecord()
    except (OSError, ValidationError) as error:
        raise ModelCorrupt(
            "The record of the version cannot be read",
            where=str(path),
            next_step="Train again, or restore the folder.",
        ) from error


def write_record(folder: Path, record: VersionRecord) -> None:
    """In place of the one before, whole or not at all."""
    write_whole(folder / RECORD, record.model_dump_json(indent=1).encode())
