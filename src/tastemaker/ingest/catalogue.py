"""The catalogue alone, as columns that answer a request without a query."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tastemaker.core.ids import ItemId
from tastemaker.core.interaction import Action
from tastemaker.core.item import Item, ItemKind
from tastemaker.ingest.dataset import Dataset
from tastemaker.ingest.frames import ITEMS_SCHEMA
from tastemaker.store.disk import write_whole
from tastemaker.store.parquet_file import read_parquet_file

CATALOGUE_SCHEMA = pl.Schema(
    {
        **ITEMS_SCHEMA,
        "n_events": pl.Int32(),
        "n_ratings": pl.Int32(),
        "mean_rating": pl.Float32(),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Row i of every column is the item `ids[i]`; `position` is the way back.

    genres: all names, sorted. item_genre: uint8 (n_items, n_genres). year: int16, 0 unknown.
    n_events, n_ratings: int32. mean_rating: float32 in stars, 0 where nobody rated. price:
    float32, nan unknown. available: bool.
    """

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    year: NDArray[np.int16]
    genres: tuple[str, ...]
    item_genre: NDArray[np.uint8]
    available: NDArray[np.bool_]
    n_events: NDArray[np.int32]
    n_ratings: NDArray[np.int32]
    mean_rating: NDArray[np.float32]
    price: NDArray[np.float32]
    position: Mapping[str, int]
    details: Mapping[str, tuple[str | None, ...]]
    """kind, description, image, imdb_id, tmdb_id and tags (one text) of every item."""

    def __len__(self) -> int:
        return len(self.ids)

    def item(self, position: int) -> Item:
        """Raises IndexError beyond the catalogue."""
        said = {name: column[position] for name, column in self.details.items()}
        year, price = int(self.year[position]), float(self.price[position])
        elsewhere = {"imdb": said["imdb_id"], "tmdb": said["tmdb_id"]}
        return Item(
            item_id=ItemId(self.ids[position]),
            title=self.titles[position],
            kind=ItemKind(said["kind"] or ItemKind.MOVIE),
            year=year or None,
            categories=tuple(self.genres[at] for at in np.flatnonzero(self.item_genre[position])),
            attributes={"tags": said["tags"]} if said["tags"] else {},
            description=said["description"] or "",
            price=None if np.isnan(price) else price,
            image=said["image"],
            external_ids={name: text for name, text in elsewhere.items() if text},
            available=bool(self.available[position]),
        )

    @classmethod
    def of_frame(cls, frame: pl.DataFrame) -> "Catalogue":
        """frame: CATALOGUE_SCHEMA, each item once."""
        ids = tuple(frame["item_id"].to_list())
        genres, item_genre = _genre_table(frame["genres"])
        text = ("kind", "description", "image", "imdb_id", "tmdb_id")
        details = {name: tuple(frame[name].to_list()) for name in text}
        return cls(
            ids=ids,
            titles=tuple(frame["title"].to_list()),
            year=frame["year"].fill_null(0).to_numpy(),
            genres=genres,
            item_genre=item_genre,
            available=frame["available"].to_numpy(),
            n_events=frame["n_events"].to_numpy(),
            n_ratings=frame["n_ratings"].to_numpy(),
            mean_rating=frame["mean_rating"].to_numpy(),
            price=frame["price"].fill_null(np.nan).to_numpy(),
            position={item_id: at for at, item_id in enumerate(ids)},
            details=details | {"tags": tuple(frame["tags"].list.join(", ").to_list())},
        )

    @classmethod
    def load(cls, path: Path) -> "Catalogue":
        """Reads what `save_catalogue` wrote. Raises FileUnreadable."""
        next_step, columns = "Make it again with `make movies`.", CATALOGUE_SCHEMA.names()
        frame = read_parquet_file(path, "The catalogue", next_step, columns)
        return cls.of_frame(frame)


def build_catalogue(dataset: Dataset) -> pl.DataFrame:
    """The items of the data set with how often they were used and rated (CATALOGUE_SCHEMA)."""
    is_rating = pl.col("action") == Action.RATE.value
    used = (
        pl.scan_parquet(dataset.interactions)
        .group_by("item_id")
        .agg(
            n_events=pl.len(),
            n_ratings=is_rating.sum(),
            mean_rating=pl.col("value").filter(is_rating).mean(),
        )
    )
    joined = pl.scan_parquet(dataset.items).join(
        used, on="item_id", how="left", maintain_order="left"
    )
    counted = joined.with_columns(pl.col("n_events", "n_ratings", "mean_rating").fill_null(0))
    return counted.select(
        pl.col(name).cast(kind) for name, kind in CATALOGUE_SCHEMA.items()
    ).collect()


def save_catalogue(frame: pl.DataFrame, path: Path) -> None:
    """Puts the catalogue in place of the one before, whole or not at all. Raises DiskFull."""
    written = io.BytesIO()
    frame.write_parquet(written)
    write_whole(path, written.getvalue())


def _genre_table(genres: pl.Series) -> tuple[tuple[str, ...], NDArray[np.uint8]]:
    pairs = pl.DataFrame({"genre": genres}).with_row_index("item").explode("genre").drop_nulls()
    names = pairs["genre"].unique().sort()
    table = np.zeros((len(genres), len(names)), np.uint8)
    columns = pairs["genre"].cast(pl.Enum(names)).to_physical().to_numpy()
    table[pairs["item"].to_numpy(), columns] = 1
    return tuple(names.to_list()), table
