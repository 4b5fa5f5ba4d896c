"""Split interactions by the protocol of a given name."""

import polars as pl

from tastemaker.core.weights import FeedbackWeights
from tastemaker.train.split import Protocol, SplitConfig, Splits
from tastemaker.train.split_last_out import split_last_out
from tastemaker.train.split_similar import split_similar
from tastemaker.train.split_strong import split_strong
from tastemaker.train.split_time import split_time


def split_data(
    interactions: pl.DataFrame,
    items: pl.DataFrame | None,
    protocol: Protocol,
    weights: FeedbackWeights,
    config: SplitConfig,
) -> Splits:
    """Raises NotEnoughData where the protocol finds nobody to ask about."""
    if protocol is Protocol.STRONG:
        return split_strong(interactions, items, weights, config)
    if protocol is Protocol.LAST_OUT:
        return split_last_out(interactions, items, weights)
    if protocol is Protocol.SIMILAR:
        return split_similar(interactions, items, weights)
    return split_time(interactions, items, weights, config)
