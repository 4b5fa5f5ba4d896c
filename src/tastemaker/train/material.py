"""What a training reads: the data set and the live events, without what the jury did last."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from tastemaker.core.training_set import TrainingSet
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.training_set import build_training_set
from tastemaker.ingest.dataset import Dataset
from tastemaker.store.interactions import InteractionLog
from tastemaker.train.cases import Numbered, cases_between
from tastemaker.train.jury import JuryConfig, hold_out
from tastemaker.train.split import Split


@dataclass(frozen=True, slots=True)
class Material:
    """jury: what to ask a version about, in the numbering of `training`; maybe no cases.

    n_live_rows: number of the last live event read, 0 where there is none.
    """

    training: TrainingSet
    jury: Split
    n_live_rows: int


def gather(
    dataset: Dataset,
    live: InteractionLog,
    weights: FeedbackWeights,
    jury: JuryConfig,
    max_live_row: int | None = None,
) -> Material:
    """max_live_row: the last live event to read, to see what an earlier training saw.

    Raises FileUnreadable, StoreUnavailable.
    """
    frames = list(live.since())
    if max_live_row is not None:
        frames = [frame.filter(pl.col("row") <= max_live_row) for frame in frames]
    n_live_rows = max((row for frame in frames for row in frame["row"].tail(1)), default=0)
    interactions = with_live(dataset.read_interactions(), frames)
    held = hold_out(interactions, weights, jury)
    before = Numbered(*build_training_set(held.rest, dataset.read_items(), weights))
    after = Numbered(*build_training_set(held.newest, None, weights))
    return Material(before.training, cases_between(before, after), n_live_rows)


def with_live(interactions: pl.DataFrame, live: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The live events behind the data set's, numbered on, so that equal times keep this order."""
    if not live:
        return interactions
    first_row = interactions["row"].max()
    offset = 1 + (first_row if isinstance(first_row, int) else -1)
    later = pl.concat(live).with_columns(pl.col("row") + offset)
    return pl.concat([interactions, later.select(interactions.columns)])
