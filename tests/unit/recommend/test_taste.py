"""The fold of a request's history is the fold of the training set."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.core.history import PastEvent
from tastemaker.core.ids import ItemId
from tastemaker.core.interaction import Action
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.training_set import build_training_set
from tastemaker.recommend.taste import fold

WEIGHTS = FeedbackWeights()

events = st.lists(
    st.builds(
        PastEvent,
        item_id=st.sampled_from([ItemId("a"), ItemId("b"), ItemId("c")]),
        action=st.sampled_from(list(Action)),
        value=st.one_of(st.none(), st.floats(0.5, 5.0, width=32)),
        at_s=st.integers(1, 5),
    ),
    max_size=12,
)


def frame(past: list[PastEvent]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "user_id": ["u"] * len(past),
            "item_id": [event.item_id for event in past],
            "action": [event.action.value for event in past],
            "value": [event.value for event in past],
            "price": [None] * len(past),
            "at": [event.at_s * 1_000_000 for event in past],
            "row": list(range(len(past))),
        },
        schema={
            "user_id": pl.String,
            "item_id": pl.String,
            "action": pl.String,
            "value": pl.Float32,
            "price": pl.Float32,
            "at": pl.Int64,
            "row": pl.Int64,
        },
    ).with_columns(pl.col("at").cast(pl.Datetime("us", "UTC")))


@given(events)
def test_serving_folds_a_past_as_training_does(past: list[PastEvent]) -> None:
    training, _ = build_training_set(frame(past), None, WEIGHTS)
    position = {str(item): number for number, item in enumerate(training.item_ids)}
    served = fold(past, WEIGHTS).history(position, max_items=100)
    if training.n_users == 0:
        assert len(served) == 0
        return
    trained = training.history(0)
    assert served.item.tolist() == trained.item.tolist()
    assert served.at_s.tolist() == trained.at_s.tolist()
    assert served.weight.tolist() == trained.weight.tolist()


def test_a_disliked_item_is_neither_taste_nor_shown_again() -> None:
    past = [
        PastEvent(ItemId("a"), Action.WATCHED, None, 1),
        PastEvent(ItemId("a"), Action.DISLIKE, None, 2),
    ]
    taste = fold(past, WEIGHTS)
    assert not taste.liked
    assert taste.seen == {"a"}


def test_a_view_or_a_bookmark_does_not_hide_an_item() -> None:
    past = [
        PastEvent(ItemId("a"), Action.VIEW, None, 1),
        PastEvent(ItemId("b"), Action.BOOKMARK, None, 2),
    ]
    taste = fold(past, WEIGHTS)
    assert set(taste.liked) == {"a", "b"}
    assert not taste.seen


def test_a_bookmark_taken_back_says_nothing_until_the_next_one() -> None:
    past = [
        PastEvent(ItemId("a"), Action.BOOKMARK, None, 1),
        PastEvent(ItemId("b"), Action.BOOKMARK, None, 2),
        PastEvent(ItemId("a"), Action.UNBOOKMARK, None, 3),
        PastEvent(ItemId("b"), Action.UNBOOKMARK, None, 4),
        PastEvent(ItemId("b"), Action.BOOKMARK, None, 5),
    ]
    assert dict(fold(past, WEIGHTS).liked) == {"b": (WEIGHTS.bookmark, 5)}


def test_a_history_keeps_the_latest_items_only() -> None:
    past = [PastEvent(ItemId(str(n)), Action.WATCHED, None, n) for n in range(1, 10)]
    position = {str(n): n for n in range(10)}
    assert fold(past, WEIGHTS).history(position, max_items=2).item.tolist() == [9, 8]
