"""Interactions of people to be recommended to, in the numbering of a trained model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tastemaker.core.history import History
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.training_set import build_training_set


@dataclass(frozen=True, slots=True)
class Asked:
    """user_ids: as given, in the order of their first row. histories: of each, maybe empty.

    seen: int32 positions of every item the user's rows name, whatever was done with it.
    """

    user_ids: pl.Series
    histories: Sequence[History]
    seen: Sequence[NDArray[np.int32]]

    def blocks(self, n_users: int) -> Iterator["Asked"]:
        """The same in parts of at most n_users."""
        for start in range(0, len(self.user_ids), n_users):
            part = slice(start, start + n_users)
            yield Asked(self.user_ids[part], self.histories[part], self.seen[part])


def asked_from(
    interactions: pl.DataFrame, item_ids: NDArray[np.str_], weights: FeedbackWeights
) -> Asked:
    """item_ids: the vocabulary of the model. Items outside it are left out."""
    user_ids = interactions["user_id"].unique(maintain_order=True)
    vocabulary = pl.DataFrame({"item_id": item_ids}).with_row_index("position")
    known = interactions.join(vocabulary, on="item_id", how="inner", maintain_order="left")
    training, known_users = build_training_set(known.drop("position"), None, weights)
    own = pl.DataFrame({"item_id": training.item_ids}).join(
        vocabulary, on="item_id", how="left", maintain_order="left"
    )
    position = own["position"].cast(pl.Int32).to_numpy()
    history_of = {
        str(user): _renumbered(training.history(number), position)
        for number, user in enumerate(known_users)
    }
    named = known.group_by("user_id").agg(pl.col("position").unique().cast(pl.Int32))
    seen_of = {
        user: positions.to_numpy()
        for user, positions in zip(named["user_id"], named["position"], strict=True)
    }
    empty, nothing = History.empty(), np.empty(0, np.int32)
    return Asked(
        user_ids,
        [history_of.get(user, empty) for user in user_ids],
        [seen_of.get(user, nothing) for user in user_ids],
    )


def _renumbered(history: History, position: NDArray[np.int32]) -> History:
    return History(position[history.item], history.weight, history.at_s)
