"""What the events say of each item, as a ranker reads it at a moment."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.array_folder import read_arrays, write_arrays
from tastemaker.models.vocabulary import NoConfig

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """n_events, sum_weight, sum_log_place: (n_items,); a log place is log(1 + place) of an entry in
    its sequence, which tells whether an item is met early or late. mean_log_place: of all entries.
    event_at_s: times of all entries, ascending within an item, item i at
    [event_ptr[i], event_ptr[i + 1]). newest_at_s: of all. year: float32, 0 where unknown.
    genre: (n_items, n_genres), rows of length 1 or 0.
    """

    name: ClassVar[str] = "item_statistics"

    n_events: Floats
    sum_weight: Floats
    sum_log_place: Floats
    mean_log_place: float
    event_ptr: NDArray[np.int64]
    event_at_s: NDArray[np.int64]
    newest_at_s: int
    year: Floats
    genre: Floats

    @classmethod
    def of(cls, training: TrainingSet) -> Self:
        n_items = training.n_items
        log_place = log_places(training)
        n_events = np.bincount(training.item, minlength=n_items)
        by_item = np.lexsort((training.at_s, training.item))
        return cls(
            n_events=n_events.astype(np.float32),
            sum_weight=np.bincount(training.item, training.weight, n_items).astype(np.float32),
            sum_log_place=np.bincount(training.item, log_place, n_items).astype(np.float32),
            mean_log_place=float(log_place.mean()) if len(log_place) else 0.0,
            event_ptr=np.concatenate([[0], np.cumsum(n_events)]).astype(np.int64),
            event_at_s=training.at_s[by_item],
            newest_at_s=int(training.at_s.max(initial=0)),
            **_attributes(training.attributes),
        )

    def save(self, folder: Path) -> None:
        arrays = {
            "n_events": self.n_events,
            "sum_weight": self.sum_weight,
            "sum_log_place": self.sum_log_place,
            "mean_log_place": np.array([self.mean_log_place]),
            "event_ptr": self.event_ptr,
            "event_at_s": self.event_at_s,
        }
        write_arrays(folder, self.name, NoConfig(), arrays)

    @classmethod
    def load(cls, folder: Path, attributes: ItemAttributes) -> Self:
        """attributes: of the vocabulary stored beside. Raises ModelCorrupt."""
        arrays = dict(read_arrays(folder, cls.name).arrays)
        return cls(
            **{name: arrays[name] for name in ("n_events", "sum_weight", "sum_log_place")},
            mean_log_place=float(arrays["mean_log_place"][0]),
            event_ptr=arrays["event_ptr"],
            event_at_s=arrays["event_at_s"],
            newest_at_s=int(arrays["event_at_s"].max(initial=0)),
            **_attributes(attributes),
        )


def log_places(training: TrainingSet) -> NDArray[np.float32]:
    """(n_events,): log(1 + place) of every entry in its sequence, the oldest at place 0."""
    place = np.arange(training.n_events) - np.repeat(
        training.user_ptr[:-1], np.diff(training.user_ptr)
    )
    return np.log1p(place).astype(np.float32)


def _attributes(attributes: ItemAttributes) -> dict[str, Floats]:
    genre = attributes.item_genre.toarray().astype(np.float32)
    length = np.sqrt((genre * genre).sum(axis=1, keepdims=True))
    return {
        "year": attributes.year.astype(np.float32),
        "genre": genre / np.maximum(length, np.float32(1e-6)),
    }
