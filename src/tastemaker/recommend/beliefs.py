"""What the system believes about a taste, in words a person can check."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tastemaker.core.history import PastEvent
from tastemaker.core.ids import ItemId
from tastemaker.core.weights import REMOVING, FeedbackWeights
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.recommend.taste import fold

Key = TypeVar("Key", str, int)


@dataclass(frozen=True, slots=True)
class BelievedItem:
    """weight: in (0, 1]. events: all that speak of the item, oldest first."""

    item_id: ItemId
    weight: float
    events: tuple[PastEvent, ...]


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Shares are of all weight, in (0, 1], the largest first; an item with several genres counts
    for each in equal parts. items: the strongest first, of equals the latest. refused: items the
    person does not want, the latest first."""

    n_events: int
    genres: tuple[tuple[str, float], ...]
    decades: tuple[tuple[int, float], ...]
    items: tuple[BelievedItem, ...]
    refused: tuple[ItemId, ...]


def beliefs(
    past: Sequence[PastEvent], weights: FeedbackWeights, catalogue: Catalogue, max_items: int
) -> Beliefs:
    """Read from the same fold as recommendations. Empty for an empty past."""
    taste = fold(past, weights)
    events: dict[ItemId, list[PastEvent]] = defaultdict(list)
    for event in past:
        events[event.item_id].append(event)
    genres: dict[str, float] = defaultdict(float)
    decades: dict[int, float] = defaultdict(float)
    for item_id, (weight, _) in taste.liked.items():
        if item_id not in catalogue.position:
            continue
        item = catalogue.item(catalogue.position[item_id])
        for genre in item.categories:
            genres[genre] += weight / len(item.categories)
        if item.year is not None:
            decades[item.year // 10 * 10] += weight
    strongest = sorted(taste.liked.items(), key=lambda entry: -entry[1][0])[:max_items]
    removed = [event.item_id for event in reversed(past) if event.action in REMOVING]
    return Beliefs(
        n_events=len(past),
        genres=_shares(genres),
        decades=_shares(decades),
        items=tuple(
            BelievedItem(item_id, weight, tuple(events[item_id]))
            for item_id, (weight, _) in strongest
        ),
        refused=tuple(item for item in dict.fromkeys(removed) if item not in taste.liked),
    )


def _shares(weights: Mapping[Key, float]) -> tuple[tuple[Key, float], ...]:
    total = sum(weights.values())
    by_weight = sorted(weights.items(), key=lambda entry: -entry[1])
    return tuple((key, weight / total) for key, weight in by_weight)
