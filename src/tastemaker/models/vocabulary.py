"""The items all models of a run share, in their numbering."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from scipy.sparse import csr_array

from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.models.array_folder import read_arrays, write_arrays


class NoConfig(BaseModel, frozen=True, extra="forbid"):
    """A vocabulary has nothing to choose."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """item_ids: unicode (n_items,). attributes: as trained on; loaded ones have empty texts."""

    name: ClassVar[str] = "vocabulary"

    item_ids: NDArray[np.str_]
    attributes: ItemAttributes

    def save(self, folder: Path) -> None:
        item_genre = self.attributes.item_genre
        arrays = {
            "item_id": self.item_ids,
            "year": self.attributes.year,
            "genre": np.array(self.attributes.genres, dtype=np.str_),
            "genre_weight": item_genre.data,
            "genre_index": item_genre.indices,
            "genre_ptr": item_genre.indptr,
        }
        write_arrays(folder, self.name, NoConfig(), arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        arrays = read_arrays(folder, cls.name).arrays
        n_items = len(arrays["item_id"])
        genres = tuple(str(genre) for genre in arrays["genre"])
        item_genre = csr_array(
            (arrays["genre_weight"], arrays["genre_index"], arrays["genre_ptr"]),
            shape=(n_items, len(genres)),
        )
        attributes = ItemAttributes(genres, item_genre, arrays["year"], [""] * n_items)
        return cls(arrays["item_id"], attributes)
