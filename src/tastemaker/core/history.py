"""What a recommendation is computed from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.ids import ItemId
from tastemaker.core.interaction import Action


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An interaction as its owner's history keeps it. at_s: Unix seconds, 0 where unknown."""

    item_id: ItemId
    action: Action
    value: float | None
    at_s: int


@dataclass(frozen=True, slots=True)
class History:
    """A person's items, most recent first, one entry an item, in a model's own numbering.

    item: int32 positions in the vocabulary of the model, all in [0, n_items).
    weight: float32 in (0, 1], by `FeedbackWeights`.
    at_s: int64 Unix seconds, non-increasing; all 0 where the data has no times.
    """

    item: NDArray[np.int32]
    weight: NDArray[np.float32]
    at_s: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.item)

    @classmethod
    def empty(cls) -> "History":
        return cls(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.int64))

    def latest(self, n: int) -> "History":
        """The n most recent entries."""
        return History(self.item[:n], self.weight[:n], self.at_s[:n])

    def without_latest(self, n: int) -> "History":
        """As it was before the n most recent entries."""
        return History(self.item[n:], self.weight[n:], self.at_s[n:])
