"""What the models fit on says exactly what the events said."""

import math

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.core.interaction import Action
from tastemaker.core.training_set import TrainingSet
from tastemaker.core.weights import REMOVING, FeedbackWeights
from tastemaker.features.training_set import build_training_set
from tests.unit.features.frames import Event, interactions

WEIGHTS = FeedbackWeights()
Entry = tuple[str, float, int]

ids = st.sampled_from(["1", "2", "10", "é", "z"])
events = st.lists(
    st.tuples(
        ids,
        ids,
        st.sampled_from(list(Action)),
        # As they may stand in a database that once took what is refused today.
        st.sampled_from([None, 0.5, 3.0, 5.0, -5.0, 7.5, 1e300, math.inf, math.nan]),
        st.sampled_from([None, 1, 2, 3]),
    ),
    max_size=40,
)


def by_hand(listed: list[Event]) -> dict[str, list[Entry]]:
    """The same rules, one event at a time."""
    of_user: dict[str, dict[str, tuple[float, int, bool]]] = {}
    numbered = sorted(enumerate(listed), key=lambda event: (event[1][4] or 0, event[0]))
    taken_back = {
        event[:2]: order
        for order, (_, event) in enumerate(numbered)
        if event[2] is Action.UNBOOKMARK
    }
    for order, (_, (user, item, action, value, at_s)) in enumerate(numbered):
        if action is Action.BOOKMARK and order < taken_back.get((user, item), 0):
            continue
        weight, removing = WEIGHTS.of(action, value), action in REMOVING
        if weight == 0 and not removing:
            continue
        entries = of_user.setdefault(user, {})
        largest = max(weight, entries.pop(item, (0.0, 0, False))[0])
        entries[item] = (largest, at_s or 0, removing)
    kept = {
        user: [
            (item, round(weight, 5), at_s)
            for item, (weight, at_s, gone) in entries.items()
            if not gone
        ]
        for user, entries in of_user.items()
    }
    return {user: entries for user, entries in kept.items() if entries}


def as_lists(training: TrainingSet, user_ids: list[str]) -> dict[str, list[Entry]]:
    found = {}
    for number, user_id in enumerate(user_ids):
        history = training.history(number)
        found[user_id] = [
            (str(training.item_ids[item]), round(float(weight), 5), int(at_s))
            for item, weight, at_s in zip(history.item, history.weight, history.at_s, strict=True)
        ][::-1]
    return found


@given(events)
def test_every_sequence_is_what_the_rules_say(listed: list[Event]) -> None:
    training, user_ids = build_training_set(interactions(listed), None, WEIGHTS)
    expected = by_hand(listed)
    assert as_lists(training, user_ids.tolist()) == expected
    assert user_ids.tolist() == sorted(expected)
    assert set(training.item_ids.tolist()) == {
        item for entries in expected.values() for item, _, _ in entries
    }


def test_equal_times_keep_the_order_of_the_source() -> None:
    listed: list[Event] = [("u", item, Action.LIKE, None, 7) for item in ("c", "a", "b")]
    training, _ = build_training_set(interactions(listed), None, WEIGHTS)
    assert [str(training.item_ids[item]) for item in training.item] == ["c", "a", "b"]


def test_an_item_liked_again_after_a_dislike_is_back() -> None:
    listed: list[Event] = [
        ("u", "a", Action.RATE, 5.0, 1),
        ("u", "a", Action.DISLIKE, None, 2),
        ("u", "a", Action.BOOKMARK, None, 3),
    ]
    training, _ = build_training_set(interactions(listed), None, WEIGHTS)
    assert training.weight.tolist() == [1.0]
    assert training.at_s.tolist() == [3]


def test_attributes_follow_the_vocabulary() -> None:
    listed: list[Event] = [("u", item, Action.LIKE, None, 1) for item in ("b", "a", "new")]
    items = pl.DataFrame(
        {
            "item_id": ["a", "b", "never used"],
            "title": ["Alien", "Brazil", "Casablanca"],
            "year": [1979, None, 1942],
            "genres": [["Sci-Fi", "Horror"], ["Sci-Fi"], ["Romance"]],
            "tags": [["space"], [], []],
            "description": ["A ship.", "", ""],
        },
        schema_overrides={"year": pl.Int16},
    )
    training, _ = build_training_set(interactions(listed), items, WEIGHTS)
    attributes = training.attributes
    assert training.item_ids.tolist() == ["a", "b", "never used", "new"]
    assert training.item.tolist() == [1, 0, 3]
    assert attributes.genres == ("Horror", "Romance", "Sci-Fi")
    assert attributes.item_genre.toarray().tolist() == [
        [1, 0, 1],
        [0, 0, 1],
        [0, 1, 0],
        [0, 0, 0],
    ]
    assert attributes.year.tolist() == [1979, 0, 1942, 0]
    assert list(attributes.text) == ["Alien space A ship.", "Brazil  ", "Casablanca  ", ""]
