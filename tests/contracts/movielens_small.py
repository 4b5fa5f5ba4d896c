"""The bundled data as a training set without everyone's last item, and that item."""

from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tastemaker.core.history import History
from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.attributes import item_attributes
from tastemaker.features.training_set import build_training_set

FOLDER = files("tastemaker") / "bundled" / "movielens-small"


@dataclass(frozen=True)
class LastOut:
    """histories[n] belongs to the user whose last item was target[n]."""

    training: TrainingSet
    histories: tuple[History, ...]
    target: NDArray[np.int32]


def last_out() -> LastOut:
    whole, _ = build_training_set(_interactions(), None, FeedbackWeights())
    last = whole.user_ptr[1:] - 1
    kept = np.delete(np.arange(whole.n_events), last)
    training = TrainingSet(
        item_ids=whole.item_ids,
        user_ptr=whole.user_ptr - np.arange(whole.n_users + 1),
        item=whole.item[kept],
        weight=whole.weight[kept],
        at_s=whole.at_s[kept],
        attributes=_attributes(whole.item_ids),
    )
    return LastOut(training, tuple(training.histories()), whole.item[last])


def _interactions() -> pl.DataFrame:
    ratings = pl.read_csv((FOLDER / "ratings.csv").read_bytes())
    return ratings.select(
        user_id=pl.col("userId").cast(pl.String),
        item_id=pl.col("movieId").cast(pl.String),
        action=pl.lit("rate"),
        value=pl.col("rating").cast(pl.Float32),
        price=pl.lit(None, pl.Float32),
        at=pl.from_epoch("timestamp", "s").dt.replace_time_zone("UTC"),
        row=pl.int_range(pl.len(), dtype=pl.Int64),
    )


def _attributes(item_ids: NDArray[np.str_]) -> ItemAttributes:
    items = pl.read_csv((FOLDER / "movies.csv").read_bytes()).select(
        item_id=pl.col("movieId").cast(pl.String),
        title="title",
        genres=pl.col("genres").str.split("|"),
        year=pl.col("title").str.extract(r"\((\d{4})\)").cast(pl.Int16),
        tags=pl.lit([], pl.List(pl.String)),
        description=pl.lit(""),
    )
    return item_attributes(items, pl.Series(item_ids.tolist()))
