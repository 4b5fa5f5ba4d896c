"""Where each item stands in the sequences of a training set.

A named tuple, like the others that go into compiled code, which reads its fields by name.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.training_set import TrainingSet


class Occurrences(NamedTuple):
    """Sequences end to end, and for each item the events where it stands.

    start, end: int64 (n_events,), bounds of the sequence an event belongs to.
    ptr: int64 (n_items + 1,) and event: int64 (n_events,): item i stands at event[ptr[i]:ptr[i+1]].
    """

    item: NDArray[np.int32]
    weight: NDArray[np.float32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    ptr: NDArray[np.int64]
    event: NDArray[np.int64]

    @property
    def n_items(self) -> int:
        return len(self.ptr) - 1

    @property
    def n_times(self) -> NDArray[np.int64]:
        """(n_items,): in how many sequences each item stands."""
        return np.diff(self.ptr)

    @property
    def n_sequences(self) -> int:
        """Those with an event."""
        return int((np.arange(len(self.start)) == self.start).sum())

    @property
    def longest(self) -> int:
        """Length of the longest sequence; 0 without events."""
        return int((self.end - self.start).max(initial=0))

    @classmethod
    def of(cls, training: TrainingSet, max_sequence_items: int) -> "Occurrences":
        """Of longer sequences only the newest `max_sequence_items` entries are read."""
        training = _newest(training, max_sequence_items)
        lengths = np.diff(training.user_ptr)
        counts = np.bincount(training.item, minlength=training.n_items)
        return cls(
            item=training.item,
            weight=training.weight,
            start=np.repeat(training.user_ptr[:-1], lengths),
            end=np.repeat(training.user_ptr[1:], lengths),
            ptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            event=np.argsort(training.item, kind="stable"),
        )

    def squared_weight(self) -> NDArray[np.float32]:
        """(n_items,): sum of squared weights, the diagonal of X^T X."""
        squares = self.weight.astype(np.float64) ** 2
        return np.bincount(self.item, squares, minlength=self.n_items).astype(np.float32)


def _newest(training: TrainingSet, max_items: int) -> TrainingSet:
    ptr = training.user_ptr
    lengths = np.diff(ptr)
    if not len(lengths) or lengths.max() <= max_items:
        return training
    place_from_end = np.repeat(ptr[1:], lengths) - np.arange(ptr[-1])
    keep = place_from_end <= max_items
    kept = np.concatenate([[0], np.cumsum(np.minimum(lengths, max_items))]).astype(np.int64)
    return TrainingSet(
        training.item_ids,
        kept,
        training.item[keep],
        training.weight[keep],
        training.at_s[keep],
        training.attributes,
    )
