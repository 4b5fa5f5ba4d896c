"""What an experiment compares, on whom, when, and what it must not break."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from itertools import combinations
from typing import Self

from pydantic import AwareDatetime, BaseModel, Field, PositiveFloat, model_validator

_ALWAYS = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Measure(StrEnum):
    PRECISION = "precision"
    RECALL = "recall"
    CLICKS = "clicks"
    LIKES = "likes"


class GuardrailConfig(BaseModel, frozen=True, extra="forbid"):
    max_more_fallbacks: float = Field(default=0.05, ge=0, le=1)  # share of slates beyond control's
    min_coverage: float = Field(default=0.5, ge=0, le=1)  # of the control's different items
    max_more_errors: float = Field(default=0.01, ge=0, le=1)  # share of requests beyond it
    max_slower: float = Field(default=2.0, gt=0)  # times the control's 95th percentile


class ExperimentConfig(BaseModel, frozen=True, extra="forbid"):
    variants: dict[str, PositiveFloat] = Field(min_length=2)  # the weight of each
    control: str | None = None  # none: the variant named first
    start: AwareDatetime | None = None  # none: from the first slate
    end: AwareDatetime | None = None  # the moment it is over; none: until it is taken out
    salt: str | None = None  # another one draws the users anew; none: the experiment's name
    measure: Measure = Measure.LIKES  # the one that decides
    k: int = Field(default=10, ge=1, le=200)  # items of a slate that precision and recall look at
    alpha: float = Field(default=0.05, gt=0, lt=0.5)  # chance of a difference found where none is
    planned_users: int = Field(default=1000, ge=10)  # where the always-valid interval is narrowest
    min_users: int = Field(default=100, ge=2)  # of each variant, before anything is decided
    guardrails: GuardrailConfig = GuardrailConfig()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.control is not None and self.control not in self.variants:
            raise ValueError(f"control is none of its variants: {self.control}")
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError("end is not after start")
        return self

    @property
    def control_variant(self) -> str:
        return self.control or next(iter(self.variants))

    @property
    def period(self) -> tuple[datetime, datetime]:
        """From the first moment to the one at which it is over."""
        return self.start or _ALWAYS[0], self.end or _ALWAYS[1]

    def is_on(self, at: datetime) -> bool:
        start, end = self.period
        return start <= at < end


def refuse_overlap(experiments: Mapping[str, ExperimentConfig]) -> None:
    """A slate belongs to one experiment at most. Raises ValueError."""
    for (one, first), (other, second) in combinations(experiments.items(), 2):
        (start, end), (other_start, other_end) = first.period, second.period
        if start < other_end and other_start < end:
            raise ValueError(f"{one} and {other} run at the same time: give them start and end")
