"""The tables of the feature store, defined once for every engine that Narwhals drives.

Only lazy operations that Spark has as well; nothing here knows which engine runs them.
Narwhals on Spark reads the pattern of `str.split` as a regular expression: genres come as lists.
"""

from typing import Any

import narwhals as nw

from tastemaker.core.interaction import Action
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.weighting import constant_weights

Table = nw.LazyFrame[Any]


def item_stats(interactions: Table, weights: FeedbackWeights) -> Table:
    """One row an item with an interaction: item_id, then the columns of `_use`, and n_users."""
    return _counted(interactions, "item_id", "user_id", "n_users", weights)


def user_stats(interactions: Table, weights: FeedbackWeights) -> Table:
    """One row a user: user_id, then the columns of `_use`, and n_items."""
    return _counted(interactions, "user_id", "item_id", "n_items", weights)


def genre_stats(interactions: Table, items: Table, weights: FeedbackWeights) -> Table:
    """One row a genre of the catalogue: genre, n_items, then n_users and the columns of `_use`.

    An item of several genres counts in each; counts are 0 where a genre was never used.
    """
    of_item = (
        items.select("item_id", "genres")
        .explode("genres")
        .filter(~nw.col("genres").is_null())
        .rename({"genres": "genre"})
    )
    n_items = of_item.group_by("genre").agg(_n_distinct("item_id", "n_items"))
    used = interactions.join(of_item, on="item_id", how="inner")
    stats = _counted(used, "genre", "user_id", "n_users", weights)
    counts = ("n_users", "n_events", "n_ratings", "sum_weight")
    return (
        n_items.join(stats, on="genre", how="left")
        .with_columns(nw.col(*counts).fill_null(0))
        .sort("genre")
    )


def interactions_wide(interactions: Table, items: Table, weights: FeedbackWeights) -> Table:
    """Every interaction with its weight (float64) and the title, year, genres of its item."""
    described = items.select("item_id", "kind", "title", "year", "genres")
    return _weighted(interactions, weights).join(described, on="item_id", how="left").sort("row")


def _counted(
    interactions: Table, key: str, other: str, n_other: str, weights: FeedbackWeights
) -> Table:
    grouped = _weighted(interactions, weights).group_by(key)
    return grouped.agg(*_use(), _n_distinct(other, n_other)).sort(key)


def _n_distinct(column: str, name: str) -> nw.Expr:
    return nw.col(column).n_unique().cast(nw.Int64).alias(name)


def _use() -> list[nw.Expr]:
    """n_events, n_ratings, mean_rating (null: none), sum_weight, first_at and last_at."""
    return [
        nw.len().cast(nw.Int64).alias("n_events"),
        nw.col("rating").count().cast(nw.Int64).alias("n_ratings"),
        nw.col("rating").mean().alias("mean_rating"),
        nw.col("weight").sum().alias("sum_weight"),
        nw.col("at").min().alias("first_at"),
        nw.col("at").max().alias("last_at"),
    ]


def _weighted(interactions: Table, weights: FeedbackWeights) -> Table:
    """With `rating` (null where the action is another) and `weight`."""
    is_rating = nw.col("action") == Action.RATE.value
    weight = nw.lit(0.0)
    for action, constant in constant_weights(weights).items():
        weight = nw.when(nw.col("action") == action).then(nw.lit(constant)).otherwise(weight)
    rated = nw.col("value").cast(nw.Float64) * (weights.rate / weights.max_rating)
    return interactions.with_columns(
        nw.when(is_rating).then(nw.col("value").cast(nw.Float64)).alias("rating"),
        nw.when(is_rating).then(rated.fill_null(0.0)).otherwise(weight).alias("weight"),
    )
