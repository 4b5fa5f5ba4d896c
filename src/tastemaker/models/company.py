"""Who stands with whom: the events of each sequence in the order in which pairs are counted.

A named tuple, like the others that go into compiled code, which reads its fields by name.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tastemaker.models.item_places import ItemPlaces
from tastemaker.models.occurrences import Occurrences


class Company(NamedTuple):
    """Sequences end to end; in each the dense items first, by their place, then the tail.

    place: -1 in the tail. position: the event's own place in its sequence. sequence: its number.
    start: int64 (n_sequences + 1,). tail: (n_sequences,), where the dense items end.
    ptr, event: where each item stands, as in `Occurrences`.
    """

    item: NDArray[np.int32]
    place: NDArray[np.int32]
    weight: NDArray[np.float32]
    position: NDArray[np.int32]
    sequence: NDArray[np.int32]
    start: NDArray[np.int64]
    tail: NDArray[np.int64]
    ptr: NDArray[np.int64]
    event: NDArray[np.int64]

    @classmethod
    def of(cls, seen: Occurrences, places: ItemPlaces) -> "Company":
        number = np.arange(len(seen.item))
        first = number == seen.start
        sequence = (np.cumsum(first) - 1).astype(np.int32)
        place = places.place[seen.item]
        after_all = np.where(place >= 0, place, len(places.place)).astype(np.int32)
        order = np.lexsort((after_all, sequence))
        item, place = seen.item[order], place[order]
        start = np.append(seen.start[first], len(number))
        n_dense = np.bincount(sequence[place >= 0], minlength=len(start) - 1)
        return cls(
            item=item,
            place=place,
            weight=seen.weight[order],
            position=(order - seen.start).astype(np.int32),
            sequence=sequence,
            start=start,
            tail=start[:-1] + n_dense,
            ptr=seen.ptr,
            event=np.argsort(item, kind="stable"),
        )
