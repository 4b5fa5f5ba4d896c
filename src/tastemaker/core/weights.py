"""How much each action says about a taste: one table, the same for training and serving."""

from enum import StrEnum

from pydantic import BaseModel, Field

from tastemaker.core.interaction import Action

Weight = float


class RatingScale(StrEnum):
    FIVE = "five"
    TEN = "ten"


class FeedbackWeights(BaseModel, frozen=True, extra="forbid"):
    """Weight of one event of each action, in [0, 1]. `rate` is multiplied by value / scale."""

    complete: float = Field(default=1.0, ge=0, le=1)
    watched: float = Field(default=1.0, ge=0, le=1)
    play: float = Field(default=0.5, ge=0, le=1)
    rate: float = Field(default=1.0, ge=0, le=1)
    like: float = Field(default=1.0, ge=0, le=1)
    bookmark: float = Field(default=0.3, ge=0, le=1)
    purchase: float = Field(default=1.0, ge=0, le=1)
    view: float = Field(default=0.1, ge=0, le=1)
    impression: float = Field(default=0.0, ge=0, le=1)
    rating_scale: RatingScale = RatingScale.FIVE

    @property
    def max_rating(self) -> float:
        return 10.0 if self.rating_scale is RatingScale.TEN else 5.0

    def of(self, action: Action, value: float | None) -> Weight:
        """Weight in [0, 1]. 0.0 for actions that carry no taste or remove the item. Stars beyond
        the scale count as its end, what is no number as none."""
        if action is Action.RATE:
            stars = min(max(0.0, value or 0.0), self.max_rating)
            return self.rate * stars / self.max_rating
        return float(getattr(self, action.value, 0.0))


REMOVING = frozenset({Action.DISLIKE, Action.DISMISS})
"""Actions after which an item is neither shown nor read as taste, until a later positive one."""
