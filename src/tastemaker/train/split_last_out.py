"""Leave the last one out: each user's newest entry is asked for, given all before it."""

import numpy as np
import polars as pl

from tastemaker.core.errors import NotEnoughData
from tastemaker.core.training_set import TrainingSet
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.training_set import build_training_set
from tastemaker.train.part_of import of_events, of_items, used_items
from tastemaker.train.split import Protocol, Split, Splits

MIN_ENTRIES = 3
"""One to learn from, one for validation, one for the test."""


def split_last_out(
    interactions: pl.DataFrame, items: pl.DataFrame | None, weights: FeedbackWeights
) -> Splits:
    """Sequences sorted by time, then by order in the source, every entry counting the same.

    The test asks for the last entry and trains on all before it, the validation entry included;
    validation asks for the last but one and trains on all before that. Shorter sequences are only
    trained on. The vocabulary is every item used, as in Kang & McAuley 2018, but ranked whole.
    Raises NotEnoughData where no user has three entries.
    """
    full, user_ids = build_training_set(interactions, items, weights)
    everything = of_items(full, used_items(full)).equally_weighted()
    n_entries = np.diff(everything.user_ptr)
    asked = np.flatnonzero(n_entries >= MIN_ENTRIES)
    if not len(asked):
        raise NotEnoughData(
            f"No user has {MIN_ENTRIES} items",
            where=f"{len(user_ids)} users",
            next_step="Give more interactions, or evaluate by another protocol.",
        )
    n_short = len(user_ids) - len(asked)
    return Splits(
        Protocol.LAST_OUT,
        validation=_without_last(everything, user_ids, asked, n_out=2),
        test=_without_last(everything, user_ids, asked, n_out=1),
        note=f"{n_short} users with fewer than {MIN_ENTRIES} items are not asked about."
        if n_short
        else "",
    )


def _without_last(
    everything: TrainingSet, user_ids: np.ndarray, asked: np.ndarray, n_out: int
) -> Split:
    """Asks for the n_out-th entry from the end."""
    end = everything.user_ptr[asked + 1]
    kept = np.ones(everything.n_events, np.bool_)
    for from_end in range(1, n_out + 1):
        kept[end - from_end] = False
    training = of_events(everything, kept)
    target = end - n_out
    return Split(
        training,
        user_ids[asked],
        histories=[training.history(user) for user in asked],
        relevant=[everything.item[at : at + 1] for at in target],
        request_at_s=everything.at_s[target],
    )
