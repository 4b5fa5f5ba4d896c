import pytest

from tastemaker.core.history import PastEvent
from tastemaker.core.ids import ItemId
from tastemaker.core.interaction import Action
from tastemaker.core.weights import FeedbackWeights
from tastemaker.recommend.beliefs import Beliefs, beliefs
from tests.unit.api.shop import catalogue


def event(item: int, action: Action, at_s: int, value: float | None = None) -> PastEvent:
    return PastEvent(ItemId(str(item)), action, value, at_s)


def believed(*past: PastEvent) -> Beliefs:
    return beliefs(past, FeedbackWeights(), catalogue(), max_items=2)


def test_shares_are_of_the_weight_and_an_item_counts_for_its_genres_in_equal_parts() -> None:
    """2 is a comedy, 3 a drama, 5 both; they are of 1982, 1983 and 1985."""
    found = believed(
        event(2, Action.RATE, 1, 5.0), event(3, Action.RATE, 2, 2.5), event(5, Action.WATCHED, 3)
    )
    assert dict(found.genres) == pytest.approx({"Comedy": 1.5 / 2.5, "Drama": 1.0 / 2.5})
    assert found.decades == ((1980, 1.0),)


def test_the_strongest_items_come_with_the_events_they_come_from() -> None:
    found = believed(
        event(2, Action.BOOKMARK, 1), event(3, Action.WATCHED, 2), event(2, Action.RATE, 3, 4.0)
    )
    assert [(item.item_id, item.weight) for item in found.items] == [("3", 1.0), ("2", 0.8)]
    assert [said.action for said in found.items[1].events] == [Action.BOOKMARK, Action.RATE]


def test_what_was_refused_is_no_taste_until_it_is_liked_again() -> None:
    found = believed(event(2, Action.LIKE, 1), event(2, Action.DISMISS, 2))
    assert (found.items, found.refused) == ((), ("2",))
    again = believed(event(2, Action.DISMISS, 2), event(2, Action.LIKE, 3))
    assert again.refused == ()


def test_nothing_is_believed_of_somebody_unknown() -> None:
    assert believed() == Beliefs(0, (), (), (), ())


def test_an_item_that_left_the_catalogue_counts_for_no_genre() -> None:
    found = believed(event(999, Action.LIKE, 1))
    assert found.genres == ()
    assert found.items[0].item_id == "999"
