"""The two tables of a data set, as polars frames."""

import polars as pl

INTERACTIONS_SCHEMA = pl.Schema(
    {
        "user_id": pl.String(),
        "item_id": pl.String(),
        "action": pl.String(),  # a core Action
        "value": pl.Float32(),
        "price": pl.Float32(),
        "at": pl.Datetime("us", "UTC"),  # null: data without times
        "row": pl.Int64(),  # place in the order of ingestion, breaks ties of time
    }
)

ITEMS_SCHEMA = pl.Schema(
    {
        "item_id": pl.String(),
        "kind": pl.String(),  # a core ItemKind
        "title": pl.String(),
        "year": pl.Int16(),
        "genres": pl.List(pl.String()),
        "description": pl.String(),
        "tags": pl.List(pl.String()),
        "price": pl.Float32(),
        "image": pl.String(),
        "imdb_id": pl.String(),
        "tmdb_id": pl.String(),
        "available": pl.Boolean(),
    }
)

SAME_EVENT = ("user_id", "item_id", "action", "at")
"""Two rows that agree in these are one event."""
