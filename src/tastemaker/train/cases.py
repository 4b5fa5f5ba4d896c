"""Who is asked about, and what they used since."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.training_set import TrainingSet
from tastemaker.train.split import Split


@dataclass(frozen=True, slots=True)
class Numbered:
    """A training set with the ids of its users, in its own order of users."""

    training: TrainingSet
    user_ids: NDArray[np.str_]


def cases_between(before: Numbered, after: Numbered, request_at_s: int | None = None) -> Split:
    """A case for every user of `before` who used something new to them in `after`; maybe none.

    Items that nobody used in `before` cannot be found by any model and are not asked for.
    request_at_s: Unix seconds at which the answers are wanted; None: just when the first of what
    each user did in `after` happened.
    """
    training = before.training
    user_number = {user: number for number, user in enumerate(before.user_ids)}
    position = {item: at for at, item in enumerate(training.item_ids)}
    learnt = np.bincount(training.item, minlength=training.n_items) > 0
    new_position = np.array([position.get(item, -1) for item in after.training.item_ids], np.int32)
    users, histories, relevant, at_s = [], [], [], []
    for number, user in enumerate(after.user_ids):
        if user not in user_number:
            continue
        history = training.history(user_number[user])
        own = slice(after.training.user_ptr[number], after.training.user_ptr[number + 1])
        found = _new_to(history.item, new_position[after.training.item[own]], learnt)
        if len(found):
            users.append(user)
            histories.append(history)
            relevant.append(found)
            first_at_s = int(after.training.at_s[own].min())
            at_s.append(first_at_s if request_at_s is None else request_at_s)
    return Split(
        training, np.array(users, dtype=np.str_), histories, relevant, np.array(at_s, np.int64)
    )


def _new_to(
    seen: NDArray[np.int32], items: NDArray[np.int32], learnt: NDArray[np.bool_]
) -> NDArray[np.int32]:
    known = items[items >= 0]
    return np.setdiff1d(known[learnt[known]], seen).astype(np.int32)
