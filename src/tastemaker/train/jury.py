"""The newest events of a lasting sample of people, kept out of every training.

Every version ever trained on this data has been spared these events, or was trained before they
happened: what is in service and what would follow it can both be asked about them, as they are
served, without another fit.
"""

import zlib
from dataclasses import dataclass

import polars as pl
from pydantic import BaseModel, Field

from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.weighting import weight_of

_HASHES = 2**32


class JuryConfig(BaseModel, frozen=True, extra="forbid"):
    share_of_users: float = Field(default=0.2, ge=0, le=0.5)  # whose newest items judge; 0: nobody
    max_users: int = Field(default=2_000, ge=1)  # of these at most
    n_newest: int = Field(default=5, ge=1, le=100)  # items of each, at most a fifth of theirs


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Two interactions frames: what is trained on, and what the jury did last."""

    rest: pl.DataFrame
    newest: pl.DataFrame


def hold_out(interactions: pl.DataFrame, weights: FeedbackWeights, config: JuryConfig) -> HeldOut:
    """The same people whenever it is asked, chosen by a hash of their ids.

    Items of a person are ordered by their first event. The place from which they are held out
    never moves back while events are added behind, so that no version has trained on any of them.
    """
    own = (
        interactions.lazy()
        .filter(pl.col("user_id").is_in(jury_of(interactions["user_id"].unique(), config)))
        .filter(weight_of(weights) > 0)
        .sort("user_id", "at", "row", nulls_last=False)
        .with_row_index("order")
    )
    n_items = pl.len().over("user_id")
    n_held = pl.min_horizontal(n_items // 5, pl.lit(config.n_newest))
    held = (
        own.group_by("user_id", "item_id")
        .agg(pl.col("order").min())
        .filter(pl.col("order").rank("ordinal").over("user_id") > n_items - n_held)
        .select("user_id", "item_id")
        .collect()
    )
    pair = ["user_id", "item_id"]
    return HeldOut(
        rest=interactions.join(held, on=pair, how="anti", maintain_order="left"),
        newest=interactions.join(held, on=pair, how="semi", maintain_order="left"),
    )


def jury_of(user_ids: pl.Series, config: JuryConfig) -> list[str]:
    """Nobody comes in later: with more people the bound only falls."""
    hashes = ((zlib.crc32(user.encode()), user) for user in user_ids)
    bound = config.share_of_users * _HASHES
    return [user for _, user in sorted(one for one in hashes if one[0] < bound)[: config.max_users]]
