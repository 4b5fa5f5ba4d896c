"""Parts of a training set."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet


def of_events(training: TrainingSet, kept: NDArray[np.bool_]) -> TrainingSet:
    """kept: bool (n_events,). Users stay, even those left with an empty sequence."""
    n_before = np.concatenate([[0], np.cumsum(kept)])
    return replace(
        training,
        user_ptr=n_before[training.user_ptr].astype(np.int64),
        item=training.item[kept],
        weight=training.weight[kept],
        at_s=training.at_s[kept],
    )


def of_items(training: TrainingSet, kept: NDArray[np.bool_]) -> TrainingSet:
    """kept: bool (n_items,). The others leave the vocabulary, and their entries go."""
    part = of_events(training, kept[training.item])
    position = (np.cumsum(kept) - 1).astype(np.int32)
    return replace(
        part,
        item_ids=training.item_ids[kept],
        item=position[part.item],
        attributes=_attributes(training.attributes, np.flatnonzero(kept)),
        impressions=None if training.impressions is None else training.impressions.items(kept),
    )


def used_items(training: TrainingSet) -> NDArray[np.bool_]:
    """bool (n_items,): which items have an entry."""
    return np.bincount(training.item, minlength=training.n_items) > 0


def _attributes(attributes: ItemAttributes, items: NDArray[np.int64]) -> ItemAttributes:
    return ItemAttributes(
        attributes.genres,
        attributes.item_genre[items],
        attributes.year[items],
        [attributes.text[item] for item in items],
    )
