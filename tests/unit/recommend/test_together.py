import pytest

from tastemaker.core.history import PastEvent
from tastemaker.core.ids import ItemId
from tastemaker.core.interaction import Action
from tastemaker.core.slate import Source
from tastemaker.core.weights import FeedbackWeights
from tastemaker.recommend.pipeline import Recommender
from tastemaker.recommend.slate_request import SlateRequest
from tastemaker.recommend.together import together
from tests.unit.api.shop import trained_recommender

WEIGHTS = FeedbackWeights()


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return trained_recommender()


def watched(*items: int) -> list[PastEvent]:
    return [PastEvent(ItemId(str(item)), Action.WATCHED, None, at) for at, item in enumerate(items)]


def shown(recommender: Recommender, *pasts: list[PastEvent], k: int = 10) -> list[str]:
    slate = together(recommender, pasts, WEIGHTS, SlateRequest(past=(), k=k))
    return [item.item_id for item in slate.items]


def test_one_person_alone_gets_their_own_slate(recommender: Recommender) -> None:
    past = watched(2, 4)
    own = recommender.recommend(SlateRequest(past=past, k=10))
    assert shown(recommender, past) == [item.item_id for item in own.items]


def test_nobody_sees_what_another_has_seen_or_refused(recommender: Recommender) -> None:
    refused = PastEvent(ItemId("6"), Action.DISMISS, None, 9)
    items = shown(recommender, watched(2, 4), [*watched(1, 3), refused], k=40)
    assert not {"1", "2", "3", "4", "6"} & set(items)


def test_both_tastes_are_heard(recommender: Recommender) -> None:
    """Even numbers are what the one likes, odd ones the other."""
    items = shown(recommender, watched(2, 4), watched(1, 3), k=10)
    assert {int(item) % 2 for item in items} == {0, 1}


def test_the_order_of_the_people_does_not_matter(recommender: Recommender) -> None:
    pasts = [watched(2, 4), watched(1, 3)]
    assert shown(recommender, *pasts) == shown(recommender, *reversed(pasts))


def test_somebody_unknown_has_no_say_beside_somebody_known(recommender: Recommender) -> None:
    past = watched(2, 4)
    assert shown(recommender, past, []) == shown(recommender, past)


def test_where_nobody_is_known_the_popular_are_shown_as_such(recommender: Recommender) -> None:
    slate = together(recommender, [[], []], WEIGHTS, SlateRequest(past=(), k=5))
    assert slate.source is Source.POPULAR
    assert len(slate.items) == 5
