"""What is used close together: EASE whose pairs count the less the further apart they stand.

People use what is alike in runs: a week of westerns, a basket, a season. Standing near each other
in many sequences says more of two items than being used by the same people over years. Scoring
adds up the whole history whatever its order, so that it answers what else somebody likes, not what
comes next.
"""

from typing import ClassVar

from pydantic import BaseModel, Field

from tastemaker.models.ease import Ease, EaseConfig


class NearConfig(EaseConfig, frozen=True, extra="forbid"):
    ridge: float = Field(default=100.0, gt=0)  # lambda, in users
    pair_half_life_items: float | None = Field(default=28.0, gt=0)  # of a pair's say, in places
    max_dense_items: int = Field(default=10_000, ge=1)  # size of the dense system
    min_dense_uses: int = Field(default=10, ge=1)  # items used less often stand outside it


class Near(Ease):
    """Within some dozens of items."""

    name: ClassVar[str] = "near"
    config_class: ClassVar[type[BaseModel]] = NearConfig
