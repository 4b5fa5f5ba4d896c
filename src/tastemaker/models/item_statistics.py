"""What the events say of each item, as a ranker reads it at a moment."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.array_folder import read_arrays, read_only, write_arrays
from tastemaker.models.item_words import ItemWords
from tastemaker.models.vocabulary import NoConfig

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """n_events, sum_weight, sum_log_place: (n_items,); a log place is log(1 + place) of an entry in
    its sequence, which tells whether an item is met early or late. Made of a share of the people,
    they are scaled up to all; then each of the times stands for 1 / event_share events.
    event_at_s: times of all entries that have one, ascending within an item, item i at
    [event_ptr[i], event_ptr[i + 1]). newest_at_s: of all. year: float32, 0 where unknown.
    genre: (n_items, n_genres), rows of length 1 or 0.
    """

    name: ClassVar[str] = "item_statistics"

    n_events: Floats
    sum_weight: NDArray[np.float64]
    sum_log_place: NDArray[np.float64]
    event_ptr: NDArray[np.int64]
    event_at_s: NDArray[np.int64]
    newest_at_s: int
    year: Floats
    genre: Floats
    words: ItemWords
    event_share: float = 1.0

    def __post_init__(self) -> None:
        read_only(self._arrays())

    @classmethod
    def of(
        cls, training: TrainingSet, event_share: float = 1.0, words: ItemWords | None = None
    ) -> Self:
        """event_share: of all events, that training has; in (0, 1]. words: where they are known."""
        n_items = training.n_items
        n_events = np.bincount(training.item, minlength=n_items)
        timed = np.flatnonzero(training.at_s)
        by_item = timed[np.lexsort((training.at_s[timed], training.item[timed]))]
        n_timed = np.bincount(training.item[timed], minlength=n_items)
        return cls(
            n_events=(n_events / event_share).astype(np.float32),
            sum_weight=np.bincount(training.item, training.weight, n_items) / event_share,
            sum_log_place=np.bincount(training.item, log_places(training), n_items) / event_share,
            event_ptr=np.concatenate([[0], np.cumsum(n_timed)]).astype(np.int64),
            event_at_s=training.at_s[by_item],
            newest_at_s=int(training.at_s.max(initial=0)),
            year=training.attributes.year.astype(np.float32),
            genre=_directions(training.attributes),
            words=words or ItemWords.of(training.attributes),
            event_share=event_share,
        )

    def save(self, folder: Path) -> None:
        write_arrays(folder, self.name, NoConfig(), self._arrays())

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "n_events": self.n_events,
            "sum_weight": self.sum_weight,
            "sum_log_place": self.sum_log_place,
            "event_ptr": self.event_ptr,
            "event_at_s": self.event_at_s,
            **self.words.arrays(),
        }

    @classmethod
    def load(cls, folder: Path, attributes: ItemAttributes) -> Self:
        """attributes: of the vocabulary stored beside. Raises ModelCorrupt."""
        arrays = read_arrays(folder, cls.name).arrays
        return cls(
            n_events=arrays["n_events"],
            sum_weight=arrays["sum_weight"],
            sum_log_place=arrays["sum_log_place"],
            event_ptr=arrays["event_ptr"],
            event_at_s=arrays["event_at_s"],
            newest_at_s=int(arrays["event_at_s"].max(initial=0)),
            year=attributes.year.astype(np.float32),
            genre=_directions(attributes),
            words=ItemWords.from_arrays(arrays),
        )


def log_places(training: TrainingSet) -> NDArray[np.float64]:
    """(n_events,): log(1 + place) of every entry in its sequence, the oldest at place 0."""
    place = np.arange(training.n_events) - np.repeat(
        training.user_ptr[:-1], np.diff(training.user_ptr)
    )
    return np.asarray(np.log1p(place), np.float64)


def _directions(attributes: ItemAttributes) -> Floats:
    """(n_items, n_genres), rows of length 1, or 0 without a genre."""
    genre = attributes.item_genre.toarray().astype(np.float32)
    length = np.sqrt((genre * genre).sum(axis=1, keepdims=True))
    return np.asarray(genre / np.maximum(length, np.float32(1e-6)), np.float32)
