"""What an ingest accepts."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from tastemaker.core.weights import RatingScale


class IngestConfig(BaseModel, frozen=True, extra="forbid"):
    """Bounds of validation and of what is kept."""

    max_rejected: float = Field(default=0.05, ge=0, le=1)  # share of bad rows that stops the run
    rating_scale: RatingScale = RatingScale.FIVE  # five: 0.5 to 5.0; ten: 0.5 to 10.0
    earliest: date = date(1970, 1, 1)  # an earlier event is impossible
    future_s: int = Field(default=86_400, ge=0)  # how far a clock may be ahead of ours
    unknown_items: Literal["reject", "add"] = "reject"  # an event's item is not in the catalogue
    max_kept_rejects: int = Field(default=100_000, ge=0)  # rows in the rejects file; rest: counted
    keep_versions: int = Field(default=3, ge=1, le=100)  # data set versions left on the disk

    @property
    def max_rating(self) -> float:
        return 10.0 if self.rating_scale is RatingScale.TEN else 5.0
