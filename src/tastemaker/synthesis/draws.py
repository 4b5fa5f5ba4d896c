"""Who uses what: groups of items, people with one group each, items by a power law."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_STEEPNESS = 3
"""Of the popularity inside a group: the share u of a uniform draw becomes u to this power."""


@dataclass(frozen=True, slots=True)
class Draws:
    """taste: int64 (n_users,), the group of each user. user, item: int64 (n_events,); item i is of
    group i % n_groups. share_of_year: float64 (n_events,) in [0, 1). In no order of time; a user
    may come to an item twice."""

    taste: NDArray[np.int64]
    user: NDArray[np.int64]
    item: NDArray[np.int64]
    share_of_year: NDArray[np.float64]


def draw(
    n_users: int,
    n_items: int,
    n_groups: int,
    events_a_user: int,
    share_of_taste: float,
    rng: np.random.Generator,
) -> Draws:
    """share_of_taste: of a user's events that fall into the own group; the others into any."""
    n_events = n_users * events_a_user
    user = np.repeat(np.arange(n_users), events_a_user)
    taste = rng.integers(n_groups, size=n_users)
    is_of_taste = rng.random(n_events) < share_of_taste
    group = np.where(is_of_taste, taste[user], rng.integers(n_groups, size=n_events))
    place = (n_items // n_groups * rng.random(n_events) ** _STEEPNESS).astype(np.int64)
    return Draws(taste, user, place * n_groups + group, rng.random(n_events))
