"""Small training sets for tests."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from tastemaker.core.history import History
from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet

N_ITEMS = 7

sequences = st.lists(
    st.lists(st.integers(0, N_ITEMS - 1), min_size=1, max_size=N_ITEMS, unique=True),
    min_size=2,
    max_size=12,
).filter(lambda users: any(len(items) > 1 for items in users))


def training_of(
    users: Sequence[Sequence[int]],
    n_items: int = N_ITEMS,
    weight: Sequence[float] | None = None,
    at_s: Sequence[int] | None = None,
    attributes: ItemAttributes | None = None,
) -> TrainingSet:
    """users: items of each from the oldest to the newest. weight and at_s: of all, end to end."""
    lengths = [len(items) for items in users]
    n_events = sum(lengths)
    return TrainingSet(
        item_ids=np.array([f"item {i}" for i in range(n_items)]),
        user_ptr=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        item=np.array([item for items in users for item in items], np.int32),
        weight=np.ones(n_events, np.float32) if weight is None else np.array(weight, np.float32),
        at_s=np.zeros(n_events, np.int64) if at_s is None else np.array(at_s, np.int64),
        attributes=attributes or ItemAttributes.none(n_items),
    )


def history_of(items: Sequence[int], weight: Sequence[float] | None = None) -> History:
    """items: the most recent first."""
    weights = np.ones(len(items)) if weight is None else np.array(weight)
    return History(
        np.array(items, np.int32), weights.astype(np.float32), np.zeros(len(items), np.int64)
    )


def random_training(n_users: int, n_items: int, n_events_a_user: int, seed: int) -> TrainingSet:
    """Popularity falls as 1 / rank, so that many items are used rarely; weights in (0, 1]."""
    rng = np.random.default_rng(seed)
    share = 1.0 / np.arange(1, n_items + 1)
    cumulated = np.cumsum(share / share.sum())
    drawn = np.searchsorted(cumulated, rng.random((n_users, n_events_a_user)))
    users = [list(dict.fromkeys(np.minimum(row, n_items - 1).tolist())) for row in drawn]
    n_events = sum(len(items) for items in users)
    return training_of(users, n_items, weight=(1.0 - 0.9 * rng.random(n_events)).tolist())
