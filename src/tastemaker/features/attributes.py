"""What the catalogue says of the items of a vocabulary, in its order."""

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from tastemaker.core.item_attributes import ItemAttributes


def item_attributes(items: pl.DataFrame, item_ids: pl.Series) -> ItemAttributes:
    """Rows follow `item_ids`; an item that the catalogue does not know has no attributes."""
    known = pl.DataFrame({"item_id": item_ids}).join(
        items.unique("item_id", keep="first"), on="item_id", how="left", maintain_order="left"
    )
    genres, item_genre = _genre_matrix(known)
    return ItemAttributes(
        genres=genres,
        item_genre=item_genre,
        year=known["year"].fill_null(0).cast(pl.Int16).to_numpy(),
        text=known.select(_text())["text"].to_list(),
    )


def _text() -> pl.Expr:
    """Title, tags and description, one after the other."""
    tags = pl.col("tags").list.join(" ")
    return pl.concat_str(["title", tags, "description"], separator=" ", ignore_nulls=True).alias(
        "text"
    )


def _genre_matrix(known: pl.DataFrame) -> tuple[tuple[str, ...], csr_array]:
    pairs = (
        known.select("genres")
        .with_row_index("item")
        .explode("genres")
        .drop_nulls("genres")
        .unique()
    )
    genres = pairs["genres"].unique().sort()
    columns = pairs["genres"].cast(pl.Enum(genres)).to_physical().cast(pl.Int32).to_numpy()
    rows = pairs["item"].cast(pl.Int32).to_numpy()
    ones = np.ones(len(pairs), np.float32)
    matrix = csr_array((ones, (rows, columns)), shape=(len(known), len(genres)))
    return tuple(genres.to_list()), matrix
