"""What reordering promises, whatever the candidates."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tastemaker.recommend.rerank import ItemTraits, RerankConfig, Reranker

N_ITEMS = 30
strengths = st.floats(0, 1)


def traits(seed: int = 0) -> ItemTraits:
    rng = np.random.default_rng(seed)
    has = (rng.random((N_ITEMS, 5)) < 0.3).astype(np.float32)
    length = np.sqrt(has.sum(axis=1, keepdims=True))
    year = rng.integers(1950, 2020, N_ITEMS).astype(np.int16)
    year[::7] = 0
    return ItemTraits(np.divide(has, length, out=np.zeros_like(has), where=length > 0), year)


@st.composite
def candidates(draw: st.DrawFn) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    items = draw(st.lists(st.integers(0, N_ITEMS - 1), unique=True, max_size=N_ITEMS))
    scores = draw(
        st.lists(st.floats(-100, 100, width=32), min_size=len(items), max_size=len(items))
    )
    return np.array(items, np.int32), np.sort(np.array(scores, np.float32))[::-1]


def order(
    found: tuple[NDArray[np.int32], NDArray[np.float32]], k: int, of: ItemTraits, **config: Any
) -> list[int]:
    reranker = Reranker(RerankConfig(**config), of)
    return [int(found[0][place]) for place in reranker.order(*found, k)]


@given(candidates(), st.integers(1, 40))
def test_without_strength_nothing_moves(found: Any, k: int) -> None:
    assert order(found, k, traits()) == found[0][:k].tolist()


@given(candidates(), st.integers(1, 40), strengths, strengths)
def test_an_answer_holds_candidates_alone_and_none_twice(
    found: Any, k: int, diversity: float, freshness: float
) -> None:
    shown = order(found, k, traits(), diversity=diversity, freshness=freshness)
    assert len(shown) == len(set(shown)) == min(k, len(found[0]))
    assert set(shown) <= set(found[0].tolist())


@given(candidates(), strengths)
def test_the_best_item_stays_first_however_much_variety_is_asked_for(
    found: Any, diversity: float
) -> None:
    shown = order(found, 10, traits(), diversity=diversity)
    assert shown[:1] == found[0][:1].tolist()


@given(candidates(), st.floats(0, 0.99))
def test_an_item_never_falls_behind_an_older_one_that_it_beat(found: Any, freshness: float) -> None:
    shown = order(found, N_ITEMS, traits(), freshness=freshness)
    year = traits().year
    rank = {item: place for place, item in enumerate(found[0].tolist())}
    for place, item in enumerate(shown):
        for before in shown[:place]:
            is_older = 0 < year[before] < year[item]
            assert not (is_older and rank[item] < rank[before])


def test_variety_brings_another_genre_forward() -> None:
    genres = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], np.float32)
    of = ItemTraits(genres, np.zeros(4, np.int16))
    found = np.arange(4, dtype=np.int32), np.array([9, 8, 7, 6], np.float32)
    assert order(found, 2, of, diversity=0.7) == [0, 3]


def test_freshness_brings_a_new_item_forward_but_not_the_least_relevant() -> None:
    year = np.array([1950, 2000, 2000], np.int16)
    of = ItemTraits(np.zeros((3, 1), np.float32), year)
    found = np.arange(3, dtype=np.int32), np.array([1.0, 0.9, 0.0], np.float32)
    assert order(found, 3, of, freshness=0.5) == [1, 0, 2]


def test_a_catalogue_without_years_has_nothing_newer() -> None:
    of = ItemTraits(np.zeros((3, 1), np.float32), np.zeros(3, np.int16))
    assert of.newness(5.0).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("wrong", [{"diversity": 1.1}, {"freshness": -0.1}, {"novelty": 1}])
def test_a_strength_out_of_bounds_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RerankConfig.model_validate(wrong)
