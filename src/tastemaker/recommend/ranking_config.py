"""How a variant's second stage is fed and taught."""

from typing import Literal

from pydantic import BaseModel, Field

from tastemaker.models.ranker import RankerConfig


class RankingConfig(BaseModel, frozen=True, extra="forbid"):
    n_candidates: int = Field(default=300, ge=10, le=2_000)  # the ranker sees, best of the blend
    blend: dict[str, float] | None = None  # weight by signal and of `popularity`; None: learnt
    uses_moment: bool = True  # whether the time since the last entry is a feature
    moments: Literal["auto", "next", "any"] = "auto"  # learnt on: what came next, or parts of pasts
    n_cuts: int = Field(default=16, ge=1, le=100)  # next: latest entries of a user, if room
    n_returns: int = Field(default=8, ge=0, le=100)  # next: latest sittings of a user, each whole
    away_s: int = Field(default=86_400, ge=60)  # a sitting begins where nothing was used so long
    n_draws: int = Field(default=4, ge=1, le=100)  # any: parts of each user's past, if room
    share_asked: float = Field(default=0.2, gt=0, lt=1)  # any: of the entries, asked for
    rate_any: float = Field(default=0.06, gt=0, le=1)  # any: learning rate; moments tell a lot each
    depth_any: int = Field(default=6, ge=1, le=12)  # any: of the trees
    max_requests: int = Field(default=50_000, ge=100)  # of all users, returns apart; bounds memory
    max_rows: int = Field(default=2_000_000, ge=1_000)  # candidates learnt from, about; so does it
    max_past: int = Field(default=1_000, ge=2)  # who has a longer one is not learnt from
    min_requests: int = Field(default=500, ge=10)  # with fewer there is no ranker
    negatives_kept: float = Field(default=0.05, gt=0, le=1)  # of those not chosen, at least
    n_folds: int = Field(default=4, ge=2, le=20)  # of users, for models that must be fitted anew
    ranker: RankerConfig = RankerConfig()
