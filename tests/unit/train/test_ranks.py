"""Ranks: ties count against the model, what is not recommended is on no list."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tastemaker.train import metrics
from tastemaker.train.rank_metrics import rank_metrics
from tastemaker.train.ranks import NEVER, ranks_of_relevant, top_lists

few_values = st.sampled_from([-np.inf, np.nan, 0.0, 1.0, 2.0])
score_rows = st.lists(few_values, min_size=1, max_size=12).map(
    lambda values: np.array([values], np.float32)
)


def _positions(*items: int) -> NDArray[np.int32]:
    return np.array(items, np.int32)


def test_relevant_items_come_last_among_equals() -> None:
    scores = np.array([[1, 1, 1, 1], [3, 2, 2, 1]], np.float32)
    ranks = ranks_of_relevant(scores, [_positions(0), _positions(2, 3)])
    assert [of_user.tolist() for of_user in ranks] == [[3], [2, 3]]


def test_a_model_that_cannot_tell_items_apart_finds_nothing() -> None:
    constant = np.zeros((1, 50), np.float32)
    ranks = ranks_of_relevant(constant, [_positions(0, 1, 2)])
    assert rank_metrics(ranks, [10])["hit_rate@10"].tolist() == [0.0]


def test_an_item_that_is_not_recommended_is_on_no_list() -> None:
    scores = np.array([[-np.inf, 1.0, np.nan]], np.float32)
    assert ranks_of_relevant(scores, [_positions(0, 2)])[0].tolist() == [NEVER, NEVER]


def test_top_lists_are_best_first_and_marked_where_they_end() -> None:
    scores = np.array([[1, 3, 2, 3], [-np.inf, np.nan, 5, -np.inf]], np.float32)
    assert top_lists(scores, 3).tolist() == [[1, 3, 2], [2, -1, -1]]
    assert top_lists(scores, 10**9).tolist() == [[1, 3, 2, 0], [2, -1, -1, -1]]


@settings(deadline=None)
@given(scores=score_rows, data=st.data(), k=st.integers(1, 15))
def test_equals_the_plain_metrics_on_the_worst_order_of_ties(
    scores: NDArray[np.float32], data: st.DataObject, k: int
) -> None:
    n_items = scores.shape[1]
    relevant = data.draw(st.frozensets(st.integers(0, n_items - 1)))
    row = np.nan_to_num(scores[0], nan=-np.inf, neginf=-np.inf)
    worst = sorted(range(n_items), key=lambda item: (-row[item], item in relevant))
    shown = [item for item in worst if row[item] > -np.inf]
    fast = rank_metrics(ranks_of_relevant(scores, [_positions(*sorted(relevant))]), [k])
    plain = {
        "recall": metrics.recall,
        "precision": metrics.precision,
        "hit_rate": metrics.hit_rate,
        "ndcg": metrics.ndcg,
        "map": metrics.average_precision,
        "mrr": metrics.reciprocal_rank,
    }
    for name, metric in plain.items():
        np.testing.assert_allclose(fast[f"{name}@{k}"], [metric(shown, relevant, k)], atol=1e-12)


@settings(deadline=None)
@given(scores=score_rows, k=st.integers(1, 15))
def test_top_lists_hold_the_k_best(scores: NDArray[np.float32], k: int) -> None:
    row = np.nan_to_num(scores[0], nan=-np.inf, neginf=-np.inf)
    order = [item for item in np.argsort(-row, kind="stable") if row[item] > -np.inf][:k]
    assert [item for item in top_lists(scores, k)[0] if item >= 0] == order


def test_no_users_is_a_legal_question() -> None:
    assert rank_metrics([], [10])["ndcg@10"].shape == (0,)
    assert top_lists(np.empty((0, 5), np.float32), 3).shape == (0, 3)
