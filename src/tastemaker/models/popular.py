"""What most people choose: the floor every personal model is measured against."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from scipy.sparse import csr_array

from tastemaker.core.errors import NotEnoughData
from tastemaker.core.history import History
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.array_folder import read_arrays, write_arrays

SECONDS_PER_DAY = 86_400


class PopularConfig(BaseModel, frozen=True, extra="forbid"):
    window_days: int | None = Field(default=None, ge=1)  # before the newest event; None: all time
    users_share: float = Field(default=1.0, gt=0, le=1)  # counted on so many of the users


class Popular:
    name: ClassVar[str] = "popular"
    config_class: ClassVar[type[BaseModel]] = PopularConfig

    def __init__(
        self,
        config: PopularConfig,
        count: NDArray[np.float32],
        genres: tuple[str, ...],
        genre_item: csr_array,
    ) -> None:
        """count: (n_items,), sums of weights. genre_item: (n_genres, n_items), 1.0 where it has."""
        self.config = config
        self._genre_item = genre_item
        self._genre_row = {genre: row for row, genre in enumerate(genres)}
        self._scores = np.where(count > 0, count, -np.inf).astype(np.float32)

    @classmethod
    def fit(cls, training: TrainingSet, config: PopularConfig, rng: np.random.Generator) -> Self:
        """Raises NotEnoughData without events. A window is ignored where the data has no times."""
        sliced = _slice(training, config.users_share, rng)
        if not sliced.n_events:
            raise NotEnoughData("No interaction to count", next_step="Ingest some data first.")
        weight = sliced.weight
        if config.window_days is not None and sliced.has_times:
            oldest = sliced.at_s.max() - config.window_days * SECONDS_PER_DAY
            weight = np.where(sliced.at_s >= oldest, weight, 0.0)
        count = np.bincount(sliced.item, weight, minlength=training.n_items).astype(np.float32)
        attributes = training.attributes
        return cls(config, count, attributes.genres, csr_array(attributes.item_genre.T))

    def score(self, history: History) -> NDArray[np.float32]:  # noqa: ARG002 - the same for all
        return self._scores.copy()

    def score_many(self, histories: Sequence[History]) -> NDArray[np.float32]:
        return np.tile(self._scores, (len(histories), 1))

    def score_genres(self, genres: Sequence[str]) -> NDArray[np.float32]:
        """(n_items,): as `score`, and -inf outside all of these genres; names it lacks are none."""
        rows = [self._genre_row[genre] for genre in genres if genre in self._genre_row]
        inside = np.zeros(len(self._scores), bool)
        inside[self._genre_item[rows].indices] = True
        return np.where(inside, self._scores, -np.inf).astype(np.float32)

    def explain(self, history: History, items: NDArray[np.int32]) -> NDArray[np.float32]:
        """Zeros: no entry of a history carries the score."""
        return np.zeros((len(items), len(history)), np.float32)

    def save(self, folder: Path) -> None:
        arrays = {
            "count": np.where(np.isfinite(self._scores), self._scores, 0.0).astype(np.float32),
            "genre": np.array(list(self._genre_row), dtype=np.str_),
            "genre_ptr": self._genre_item.indptr,
            "genre_item": self._genre_item.indices,
        }
        write_arrays(folder, self.name, self.config, arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        saved = read_arrays(folder, cls.name)
        arrays = saved.arrays
        genres = tuple(str(genre) for genre in arrays["genre"])
        members = arrays["genre_item"]
        entries = (np.ones(len(members), np.float32), members, arrays["genre_ptr"])
        genre_item = csr_array(entries, shape=(len(genres), len(arrays["count"])))
        return cls(PopularConfig.model_validate(saved.config), arrays["count"], genres, genre_item)


def _slice(training: TrainingSet, users_share: float, rng: np.random.Generator) -> TrainingSet:
    if users_share == 1.0 or not training.n_users:
        return training
    n_chosen = max(1, round(users_share * training.n_users))
    return training.users(np.sort(rng.choice(training.n_users, n_chosen, replace=False)))
