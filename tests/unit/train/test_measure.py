"""Measuring a scorer: the whole catalogue is ranked, what was seen never counts."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from tastemaker.core.history import History
from tastemaker.core.weights import FeedbackWeights
from tastemaker.train import metrics
from tastemaker.train.measure import measure
from tastemaker.train.split import Protocol, Split, SplitConfig
from tastemaker.train.split_data import split_data
from tests.unit.train.rated import ratings


@pytest.fixture(scope="module")
def split() -> Split:
    world = ratings(n_users=90, n_items=40, per_user=12)
    return split_data(world, None, Protocol.STRONG, FeedbackWeights(), SplitConfig()).test


def _noise(split: Split) -> NDArray[np.float32]:
    shape = (split.n_cases, split.training.n_items)
    return np.random.default_rng(1).random(shape, dtype=np.float32)


def test_equals_the_plain_metrics_list_by_list(split: Split) -> None:
    scores = _noise(split)
    measured = measure(lambda _: scores, split, [3, 10])
    n_users = np.bincount(split.training.item, minlength=split.training.n_items)
    share = dict(enumerate(np.maximum(n_users, 1) / split.training.n_users))
    lists = [
        [item for item in np.argsort(-row).tolist() if item not in set(history.item)]
        for row, history in zip(scores, split.histories, strict=True)
    ]
    for k in (3, 10):
        for case, (shown, relevant) in enumerate(zip(lists, split.relevant, strict=True)):
            asked_for = frozenset(relevant.tolist())
            of_case = {name: values[case] for name, values in measured.per_user.items()}
            assert of_case[f"ndcg@{k}"] == pytest.approx(metrics.ndcg(shown, asked_for, k))
            assert of_case[f"novelty@{k}"] == pytest.approx(metrics.novelty(shown, share, k))
        covered = metrics.coverage(lists, split.training.n_items, k)
        assert measured.overall[f"coverage@{k}"] == pytest.approx(covered)


def test_the_items_of_the_history_take_no_place(split: Split) -> None:
    def seen_first(histories: Sequence[History]) -> NDArray[np.float32]:
        scores = np.full((len(histories), split.training.n_items), -np.inf, np.float32)
        for row, history, relevant in zip(scores, histories, split.relevant, strict=True):
            row[history.item] = 2.0
            row[relevant] = 1.0
        return scores

    assert measure(seen_first, split, [5]).per_user["ndcg@5"].min() == pytest.approx(1.0)


def test_a_scorer_without_opinion_is_worth_nothing(split: Split) -> None:
    silent = measure(
        lambda asked: np.full((len(asked), split.training.n_items), -np.inf, np.float32),
        split,
        [10],
    )
    assert all(values.max() == 0.0 for values in silent.per_user.values())
    assert silent.overall == {"coverage@10": 0.0}


def test_the_scores_given_are_left_as_they_were(split: Split) -> None:
    scores = _noise(split)
    before = scores.copy()
    measure(lambda _: scores, split, [10])
    np.testing.assert_array_equal(scores, before)
