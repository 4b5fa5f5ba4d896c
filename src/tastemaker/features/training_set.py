"""From the interactions frame to the sequences that models fit on."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tastemaker.core.impressions import Impressions
from tastemaker.core.interaction import Action
from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.attributes import item_attributes
from tastemaker.features.weighting import is_removing, weight_of


def build_training_set(
    interactions: pl.DataFrame, items: pl.DataFrame | None, weights: FeedbackWeights
) -> tuple[TrainingSet, NDArray[np.str_]]:
    """The training set and the ids of its users, in its own order of users.

    Users and items are numbered by their sorted ids: users with an entry, and items with an entry
    or in `items`, so that models of content know what nobody has used yet. Events of weight 0 are
    dropped; so are bookmarks that were taken back, and an item whose latest word is a dislike or
    dismissal.
    No entries at all make an empty training set, not an error.
    """
    held = _without_taken_back(interactions)
    said = held.lazy().filter((weight_of(weights) > 0) | is_removing()).collect()
    users, items_said = said["user_id"].unique().sort(), said["item_id"].unique().sort()
    events = said.lazy().select(
        "row",
        user=_number(users, "user_id"),
        item=_number(items_said, "item_id"),
        at_s=pl.col("at").dt.epoch("s").fill_null(0),
        weight=pl.when(is_removing()).then(pl.lit(0.0, pl.Float32)).otherwise(weight_of(weights)),
    )
    entries = _one_entry_an_item(events.sort("user", "at_s", "row").collect())
    user, user_ids = _without_gaps(entries["user"], users)
    item, item_ids = _without_gaps(entries["item"], items_said)
    attributes = ItemAttributes.none(len(item_ids))
    if items is not None:
        used = item_ids
        item_ids = pl.concat([used, items["item_id"]]).unique().sort()
        item = item_ids.search_sorted(used).to_numpy().astype(np.int32)[item]
        attributes = item_attributes(items, item_ids)
    training = TrainingSet(
        item_ids=as_unicode(item_ids),
        user_ptr=np.concatenate([[0], np.cumsum(np.bincount(user, minlength=len(user_ids)))]),
        item=item,
        weight=entries["weight"].to_numpy(),
        at_s=entries["at_s"].to_numpy(),
        attributes=attributes,
        impressions=_impressions(interactions, weights, user_ids, item_ids),
    )
    return training, as_unicode(user_ids)


def _impressions(
    interactions: pl.DataFrame, weights: FeedbackWeights, user_ids: pl.Series, item_ids: pl.Series
) -> Impressions | None:
    """Of known users and items; none where an impression counts as taste."""
    shown = interactions.filter(pl.col("action") == Action.IMPRESSION.value)
    if shown.is_empty() or weights.impression > 0:
        return None
    numbered = (
        shown.filter(pl.col("user_id").is_in(user_ids), pl.col("item_id").is_in(item_ids))
        .select(
            "row",
            user=_number(user_ids, "user_id"),
            item=_number(item_ids, "item_id").cast(pl.Int32),
            at_s=pl.col("at").dt.epoch("s").fill_null(0),
        )
        .sort("user", "at_s", "row")
    )
    n_shown = np.bincount(numbered["user"].to_numpy(), minlength=len(user_ids))
    ptr = np.concatenate([[0], np.cumsum(n_shown)]).astype(np.int64)
    return Impressions(ptr, numbered["item"].to_numpy(), numbered["at_s"].to_numpy())


def _without_taken_back(interactions: pl.DataFrame) -> pl.DataFrame:
    """Without bookmarks that stand before an unbookmark of the same user and item."""
    is_taken_back = pl.col("action") == Action.UNBOOKMARK.value
    if interactions.filter(is_taken_back).is_empty():
        return interactions
    ordered = interactions.sort("at", "row", nulls_last=False).with_row_index("order")
    last = pl.col("order").filter(is_taken_back).max().over("user_id", "item_id")
    is_bookmark = pl.col("action") == Action.BOOKMARK.value
    return ordered.filter(~(is_bookmark & (pl.col("order") < last).fill_null(False))).drop("order")


def as_unicode(ids: pl.Series) -> NDArray[np.str_]:
    """Ids as a numpy array of fixed width."""
    return np.array(ids.to_list(), dtype=np.str_)


def _number(ids: pl.Series, column: str) -> pl.Expr:
    """int64 position of every id in the sorted vocabulary, which holds them all."""
    return pl.col(column).cast(pl.Enum(ids)).to_physical().cast(pl.Int64)


def _one_entry_an_item(events: pl.DataFrame) -> pl.DataFrame:
    """The latest event of every pair, with the pair's largest weight, in the order given.

    Weight 0 stands for a removal: where it is the latest word, the pair goes.
    """
    pair = (pl.col("user") * (pl.col("item").max() + 1) + pl.col("item")).alias("pair")
    paired = events.with_row_index("order").with_columns(pair)
    latest = (
        paired.lazy()
        .group_by("pair")
        .agg(pl.col("order").max(), largest=pl.col("weight").max())
        .sort("order")
        .collect()
    )
    kept = events[latest["order"]]
    return kept.with_columns(
        weight=pl.when(kept["weight"] > 0).then(latest["largest"]).otherwise(0.0)
    ).filter(pl.col("weight") > 0)


def _without_gaps(numbers: pl.Series, ids: pl.Series) -> tuple[NDArray[np.int32], pl.Series]:
    """The numbers anew, counting only the ids that still occur, and those ids."""
    number = numbers.to_numpy()
    occurs = np.bincount(number, minlength=len(ids)) > 0
    return (np.cumsum(occurs) - 1).astype(np.int32)[number], ids.filter(pl.Series(occurs))
