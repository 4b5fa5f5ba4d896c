"""Fold a person's events into one entry an item, by the same rule as the training set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.core.history import History, PastEvent
from tastemaker.core.ids import ItemId
from tastemaker.core.interaction import Action
from tastemaker.core.weights import REMOVING, FeedbackWeights

SEEN = frozenset(Action) - {Action.IMPRESSION, Action.VIEW, Action.BOOKMARK, Action.UNBOOKMARK}
"""Actions after which an item is not recommended again."""


@dataclass(frozen=True, slots=True)
class Taste:
    """liked: weight and time of each item that speaks for a taste, most recent first.

    seen: items already used or refused; they are not shown again.
    """

    liked: Mapping[ItemId, tuple[float, int]]
    seen: frozenset[ItemId]

    def history(self, position: Mapping[str, int], max_items: int) -> History:
        """The latest `max_items` liked items that the vocabulary knows, as its positions."""
        known = [
            (position[item], weight, at_s)
            for item, (weight, at_s) in self.liked.items()
            if item in position
        ][:max_items]
        if not known:
            return History.empty()
        item, weight, at_s = zip(*known, strict=True)
        return History(
            np.array(item, np.int32), np.array(weight, np.float32), np.array(at_s, np.int64)
        )


def fold(past: Sequence[PastEvent], weights: FeedbackWeights) -> Taste:
    """One entry an item: its largest weight, its latest time.

    past: oldest first; equal times keep their order. An item whose latest word is a dislike or a
    dismissal is not liked. A bookmark that was taken back says nothing.
    """
    liked: dict[ItemId, tuple[float, int]] = {}
    removed: set[ItemId] = set()
    seen: set[ItemId] = set()
    ordered = sorted(past, key=lambda event: event.at_s)
    taken_back = {
        event.item_id: at for at, event in enumerate(ordered) if event.action is Action.UNBOOKMARK
    }
    for at, event in enumerate(ordered):
        if event.action is Action.BOOKMARK and at < taken_back.get(event.item_id, 0):
            continue
        if event.action in SEEN:
            seen.add(event.item_id)
        if event.action in REMOVING:
            removed.add(event.item_id)
            continue
        weight = weights.of(event.action, event.value)
        if weight <= 0:
            continue
        removed.discard(event.item_id)
        before, _ = liked.pop(event.item_id, (0.0, 0))
        liked[event.item_id] = (max(before, weight), event.at_s)
    recent_first = {item: liked[item] for item in reversed(liked) if item not in removed}
    return Taste(recent_first, frozenset(seen))
