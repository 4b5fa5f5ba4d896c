"""Merging the proposals of several models."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tastemaker.recommend.retrieve import merge, top
from tastemaker.recommend.variant import reciprocal_rank

scores = arrays(np.float32, 12, elements=st.sampled_from([-np.inf, 0.0, 1.0, 2.0, 3.0]))


@given(scores, st.integers(1, 20))
def test_top_gives_the_best_in_order_and_never_an_excluded_item(
    of_model: np.ndarray, k: int
) -> None:
    best = top(of_model, k)
    possible = np.isfinite(of_model).sum()
    assert len(best) == min(k, possible)
    assert (np.diff(of_model[best]) <= 0).all()
    rest = np.setdiff1d(np.arange(12), best)
    if len(best) and len(rest):
        assert of_model[best].min() >= of_model[rest].max()


@given(scores, scores, st.integers(1, 12))
def test_every_candidate_is_proposed_by_a_model_within_its_quota(
    first: np.ndarray, second: np.ndarray, quota: int
) -> None:
    candidates = merge([first, second], quota)
    assert (candidates.rank > 0).any(axis=0).all()
    assert candidates.rank.max(initial=0) <= quota
    assert (np.diff(candidates.item) > 0).all()


def test_equal_scores_share_the_worst_of_their_places() -> None:
    candidates = merge([np.array([5, 3, 3, 1], np.float32)], quota=4)
    assert candidates.rank.tolist() == [[1, 3, 3, 4]]


def test_fusion_puts_what_two_models_agree_on_first() -> None:
    first = np.array([9, 8, 1, -np.inf], np.float32)
    second = np.array([-np.inf, 8, 1, 9], np.float32)
    candidates = merge([first, second], quota=2)
    fused = reciprocal_rank(candidates.rank, np.ones(2), rank_offset=20.0).sum(axis=0)
    assert candidates.item.tolist() == [0, 1, 3]
    assert int(candidates.item[np.argmax(fused)]) == 1
