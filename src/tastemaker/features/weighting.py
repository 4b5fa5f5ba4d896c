"""The table of weights as a column expression: the same numbers as `FeedbackWeights.of`."""

import polars as pl

from tastemaker.core.interaction import Action
from tastemaker.core.weights import REMOVING, FeedbackWeights


def constant_weights(weights: FeedbackWeights) -> dict[str, float]:
    """Weight of each action but `rate`, whose weight depends on its value."""
    return {action.value: weights.of(action, None) for action in Action if action != Action.RATE}


def weight_of(weights: FeedbackWeights) -> pl.Expr:
    """float32 from the columns action and value; 0.0 for actions that carry no taste."""
    # In float64 and in the order of `FeedbackWeights.of`, so that both agree to the bit.
    stars = pl.col("value").cast(pl.Float64).fill_nan(None).fill_null(0.0)
    stars = stars.clip(0.0, weights.max_rating)
    rated = weights.rate * stars / weights.max_rating
    by_action = pl.col("action").replace_strict(
        constant_weights(weights), default=0.0, return_dtype=pl.Float32
    )
    is_rating = pl.col("action") == Action.RATE.value
    return pl.when(is_rating).then(rated).otherwise(by_action).cast(pl.Float32)


def is_removing() -> pl.Expr:
    """Whether the event says that the item must go."""
    return pl.col("action").is_in([action.value for action in REMOVING])
