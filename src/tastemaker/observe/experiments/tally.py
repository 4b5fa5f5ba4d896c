"""Slates and the answers to them, added up by user: the user is what was drawn, so the unit."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.ids import ItemId, UserId
from tastemaker.core.interaction import Action
from tastemaker.core.slate_record import AnsweredSlate
from tastemaker.observe.experiments.experiment_config import Measure

LIKES = frozenset({Action.LIKE, Action.WATCHED, Action.COMPLETE, Action.BOOKMARK, Action.PURCHASE})
CLICKS = LIKES | {Action.VIEW, Action.PLAY, Action.RATE}

Doubles = NDArray[np.float64]


@dataclass(slots=True)
class _OfUser:
    """relevant: items liked, and whether the first k of the slate answered showed them."""

    variant: str
    is_mixed: bool = False
    n_slates: int = 0
    n_clicked: int = 0
    n_liked: int = 0
    n_shown: int = 0
    n_hits: int = 0
    relevant: dict[ItemId, bool] = field(default_factory=dict)


_RATIOS: dict[Measure, tuple[Callable[[_OfUser], int], Callable[[_OfUser], int]]] = {
    Measure.PRECISION: (lambda user: user.n_hits, lambda user: user.n_shown),
    Measure.RECALL: (lambda user: sum(user.relevant.values()), lambda user: len(user.relevant)),
    Measure.CLICKS: (lambda user: user.n_clicked, lambda user: user.n_slates),
    Measure.LIKES: (lambda user: user.n_liked, lambda user: user.n_slates),
}
"""Of each measure, what is counted above and below the line."""


class Tally:
    """Memory: a few numbers a user, an entry an item liked and an entry an item shown."""

    def __init__(self, k: int) -> None:
        """k: items of a slate that precision, recall and coverage look at."""
        self._k = k
        self._users: dict[UserId, _OfUser] = {}
        self.sources: dict[str, Counter[str]] = {}
        self.items: dict[str, Counter[ItemId]] = {}

    def add(self, slate: AnsweredSlate, on_later_pages: Collection[ItemId] = ()) -> None:
        """Counts what the slate's user answered to items that were shown: an event can name any
        session and any item. on_later_pages: items that the same slate showed after the first
        page."""
        shown = slate.shown
        answers = [
            answer
            for answer in slate.feedback
            if answer.user_id in (shown.user_id, None)
            and (answer.item_id in shown.item_ids or answer.item_id in on_later_pages)
        ]
        user = self._users.setdefault(shown.user_id, _OfUser(shown.variant))
        user.is_mixed |= user.variant != shown.variant
        first = shown.item_ids[: self._k]
        self.sources.setdefault(shown.variant, Counter())[shown.source] += 1
        self.items.setdefault(shown.variant, Counter()).update(first)
        liked = {answer.item_id for answer in answers if answer.action in LIKES}
        user.n_slates += 1
        user.n_clicked += any(answer.action in CLICKS for answer in answers)
        user.n_liked += bool(liked)
        user.n_shown += len(first)
        user.n_hits += len(liked.intersection(first))
        for item in liked:
            user.relevant[item] = user.relevant.get(item, False) or item in first

    @property
    def n_mixed_users(self) -> int:
        """Shown slates of several variants, as after a change of weights; they are left out."""
        return sum(user.is_mixed for user in self._users.values())

    def n_slates(self, variant: str) -> int:
        return self.sources.get(variant, Counter()).total()

    def n_users(self, variant: str) -> int:
        return len(self._of(variant))

    def ratio(self, variant: str, measure: Measure) -> tuple[Doubles, Doubles]:
        """Above and below the line, a number a user; the measure is the ratio of the sums."""
        above, below = _RATIOS[measure]
        users = self._of(variant)
        return (
            np.array([above(user) for user in users], np.float64),
            np.array([below(user) for user in users], np.float64),
        )

    def _of(self, variant: str) -> list[_OfUser]:
        users = self._users.values()
        return [user for user in users if user.variant == variant and not user.is_mixed]
