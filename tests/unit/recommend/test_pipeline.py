"""From a past to a slate that says why, and from where."""

from collections.abc import Sequence
from itertools import count

import pytest

from tastemaker.core.errors import NotFound, RequestInvalid
from tastemaker.core.history import PastEvent
from tastemaker.core.ids import ItemId
from tastemaker.core.interaction import Action
from tastemaker.core.slate import ReasonKind, Slate, Source
from tastemaker.recommend.filters import Filters
from tastemaker.recommend.pipeline import Recommender
from tastemaker.recommend.slate_request import SlateRequest
from tastemaker.recommend.variant import VariantConfig
from tests.unit.recommend.small_world import recommender, watched


@pytest.fixture(scope="module")
def small() -> Recommender:
    return recommender()


def ids(slate: Slate) -> list[str]:
    return [item.item_id for item in slate.items]


def ask(small: Recommender, past: Sequence[PastEvent], k: int = 3, **filters: object) -> Slate:
    return small.recommend(SlateRequest(past, k, filters=Filters.model_validate(filters)))


def test_what_people_watch_next_comes_first_with_its_reason(small: Recommender) -> None:
    slate = ask(small, watched("ab"))
    assert slate.source is Source.MODEL
    assert slate.model == "transitions"
    first = slate.items[0]
    assert first.item_id == "c"
    assert first.reason.kind is ReasonKind.HISTORY
    assert first.reason.because[0].item_id == "b"
    assert 0 < sum(evidence.share for evidence in first.reason.because) <= 1.000_001
    assert first.models == ("transitions",)


def test_the_next_click_changes_the_answer(small: Recommender) -> None:
    assert ids(ask(small, watched("ab")))[0] == "c"
    assert ids(ask(small, watched("abc")))[0] == "d"


def test_seen_items_are_left_out_unless_asked_for(small: Recommender) -> None:
    assert not {"a", "b"} & set(ids(ask(small, watched("ab"), k=8)))
    assert {"a", "b"} <= set(ids(ask(small, watched("ab"), k=8, include_seen=True)))


def test_a_slate_is_filled_up_with_popular_items_named_as_such(small: Recommender) -> None:
    slate = ask(small, watched("ab"), k=8)
    assert len(set(ids(slate))) == len(slate.items)
    reasons = [item.reason.kind for item in slate.items]
    assert reasons == sorted(reasons, key=lambda kind: kind is ReasonKind.POPULAR)


@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        ({"genres_any": ("Horror", "Drama")}, {"d", "e", "f", "g"}),
        ({"genres_all": ("Drama", "Comedy")}, {"f"}),
        ({"genres_none": ("Drama", "Comedy")}, {"g", "h"}),
        ({"year_from": 1993, "year_to": 1994}, {"d", "e"}),
        ({"exclude": ("c", "d", "unknown")}, {"e", "f", "g", "h"}),
        ({"genres_any": ("No such genre",)}, set()),
    ],
)
def test_every_item_of_a_slate_is_within_the_filters(
    small: Recommender, filters: dict[str, object], allowed: set[str]
) -> None:
    assert set(ids(ask(small, watched("ab"), k=8, **filters))) <= allowed


def test_unavailable_items_are_never_shown() -> None:
    assert "c" not in ids(ask(recommender(unavailable="c"), watched("ab"), k=8))


def test_nobody_known_gets_popular_items_named_as_such(small: Recommender) -> None:
    slate = ask(small, [], k=2)
    assert slate.source is Source.POPULAR
    assert not slate.is_cut_short
    assert ids(slate)[0] == "d"
    assert {item.reason.kind for item in slate.items} == {ReasonKind.POPULAR}


def test_favourite_genres_stand_in_for_a_missing_history(small: Recommender) -> None:
    slate = small.recommend(SlateRequest([], 2, favourite_genres=lambda: ("Horror",)))
    assert slate.source is Source.POPULAR_IN_GENRE
    assert ids(slate) == ["g"]
    assert slate.items[0].reason.genre == "Horror"


def test_a_disliked_item_is_gone_and_speaks_for_nothing(small: Recommender) -> None:
    past = [*watched("b"), PastEvent(ItemId("b"), Action.DISLIKE, None, 9)]
    slate = ask(small, past, k=8)
    assert slate.source is Source.POPULAR
    assert "b" not in ids(slate)


def test_a_passed_deadline_ends_in_the_popular_answer() -> None:
    ticks = count()
    slow = recommender(stopwatch=lambda: float(next(ticks)))
    slate = ask(slow, watched("ab"))
    assert slate.source is Source.POPULAR
    assert slate.is_cut_short
    assert not ask(slow, []).is_cut_short


def test_similar_items_too_have_a_deadline_and_an_answer() -> None:
    ticks = count()
    slate = recommender(stopwatch=lambda: float(next(ticks))).similar(ItemId("a"), 3)
    assert slate.source is Source.POPULAR_IN_GENRE
    assert slate.items


def test_similar_items_are_those_used_by_the_same_people(small: Recommender) -> None:
    slate = small.similar(ItemId("a"), 3)
    assert slate.source is Source.MODEL
    assert "a" not in ids(slate)
    assert slate.items[0].reason.kind is ReasonKind.SIMILAR
    assert slate.items[0].reason.because[0].item_id == "a"


def test_weights_of_models_that_a_variant_does_not_name_are_refused() -> None:
    with pytest.raises(ValueError, match="ease"):
        VariantConfig(models=("ials", "content"), weights={"ease": 2.0})


def test_an_item_nobody_used_has_popular_neighbours(small: Recommender) -> None:
    assert small.similar(ItemId("h"), 3).items


def test_each_answer_has_its_own_session(small: Recommender) -> None:
    assert ask(small, []).session_id != ask(small, []).session_id


@pytest.mark.parametrize("k", [-1, 0, 201, 10**9])
def test_a_k_out_of_bounds_is_refused(small: Recommender, k: int) -> None:
    with pytest.raises(RequestInvalid, match=f"k is {k}"):
        ask(small, [], k=k)


def test_an_unknown_variant_is_named_with_those_that_exist(small: Recommender) -> None:
    with pytest.raises(NotFound, match="transitions"):
        small.recommend(SlateRequest([], variant="no-such"))


def test_an_unknown_item_has_no_similar_ones(small: Recommender) -> None:
    with pytest.raises(NotFound, match="nothing"):
        small.similar(ItemId("nothing"), 3)
