"""Who is asked about, and when."""

import numpy as np

from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet
from tastemaker.train.cases import Numbered, cases_between


def numbered(*sequences: tuple[str, list[tuple[str, int]]]) -> Numbered:
    """Of users with their items and times."""
    items = sorted({item for _, events in sequences for item, _ in events})
    events = [event for _, of_user in sequences for event in of_user]
    training = TrainingSet(
        np.array(items),
        np.cumsum([0, *(len(of_user) for _, of_user in sequences)]),
        np.array([items.index(item) for item, _ in events], np.int32),
        np.ones(len(events), np.float32),
        np.array([at_s for _, at_s in events], np.int64),
        ItemAttributes.none(len(items)),
    )
    return Numbered(training, np.array([user for user, _ in sequences]))


BEFORE = numbered(("ann", [("a", 1), ("b", 2)]), ("bob", [("c", 3), ("d", 4)]))


def test_those_who_did_something_new_to_them_are_asked_when_they_began() -> None:
    after = numbered(("ann", [("b", 7), ("c", 9)]), ("cleo", [("a", 8)]))
    cases = cases_between(BEFORE, after)
    assert cases.user_ids.tolist() == ["ann"]
    assert [BEFORE.training.item_ids[found].tolist() for found in cases.relevant] == [["c"]]
    assert cases.request_at_s.tolist() == [7]


def test_all_may_be_asked_at_one_moment() -> None:
    after = numbered(("ann", [("c", 9)]), ("bob", [("a", 8), ("z", 9)]))
    assert cases_between(BEFORE, after, 5).request_at_s.tolist() == [5, 5]


def test_what_nobody_used_before_is_not_asked_for() -> None:
    assert cases_between(BEFORE, numbered(("bob", [("z", 9)]))).n_cases == 0
