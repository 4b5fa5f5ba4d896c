"""Similar items: is what a person chose next among the items similar to the one before?"""

from dataclasses import replace

import polars as pl

from tastemaker.core.weights import FeedbackWeights
from tastemaker.train.split import Protocol, Split, Splits
from tastemaker.train.split_last_out import split_last_out


def split_similar(
    interactions: pl.DataFrame, items: pl.DataFrame | None, weights: FeedbackWeights
) -> Splits:
    """Leave the last one out, but of the history only its newest item is told.

    The whole vocabulary is ranked save that item: what else the person has used stays in, as it
    does on the page of an item. Raises NotEnoughData where no user has three entries.
    """
    splits = split_last_out(interactions, items, weights)
    return replace(
        splits,
        protocol=Protocol.SIMILAR,
        validation=_of_newest(splits.validation),
        test=_of_newest(splits.test),
    )


def _of_newest(split: Split) -> Split:
    return replace(split, histories=[history.latest(1) for history in split.histories])
