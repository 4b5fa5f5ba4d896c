"""What a ranker learns from is what it is given to read when it serves."""

from typing import Any

import numpy as np
import pytest

from tastemaker.core.training_set import TrainingSet
from tastemaker.models.ease import Ease, EaseConfig
from tastemaker.models.item_knn import ItemKnn, ItemKnnConfig
from tastemaker.models.item_statistics import ItemStatistics
from tastemaker.models.ranker import Ranker, RankerConfig
from tastemaker.ports import CandidateModel
from tastemaker.recommend.present import Presenter
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.recommend.second_stage import SecondStage
from tastemaker.train.moments import Moments, past_at
from tastemaker.train.part_of import of_events
from tastemaker.train.ranking_set import RankingSet, Teacher
from tests.contracts.movielens_small import last_out

CONFIG = RankingConfig(n_candidates=200, negatives_kept=1.0, n_cuts=6, n_folds=2)
N_MOMENTS = 260


@pytest.fixture(scope="module")
def training() -> TrainingSet:
    return last_out().training


@pytest.fixture(scope="module")
def models(training: TrainingSet) -> list[CandidateModel[Any]]:
    """Fitted on people who are asked for nothing below."""
    others = training.users(np.arange(300))
    rng = np.random.default_rng(0)
    ease = Ease.fit(others, EaseConfig(min_dense_uses=20), rng)
    return [ease, ItemKnn.fit(others, ItemKnnConfig(), rng)]


@pytest.fixture(scope="module")
def moments(training: TrainingSet) -> Moments:
    drawn = Moments.drawn(training, CONFIG.n_cuts, 100_000, np.random.default_rng(1))
    late = drawn.of_users(drawn.user >= 300)
    return late.of_users(np.cumsum(late.n_cuts) <= N_MOMENTS)


@pytest.fixture(scope="module")
def learnt(
    training: TrainingSet, models: list[CandidateModel[Any]], moments: Moments
) -> RankingSet:
    by_name = {model.name: model for model in models}
    presenter = Presenter.of(models, ItemStatistics.of(training), CONFIG)
    teacher = Teacher(training, models, None, lambda name, _part: by_name[name], presenter)
    return teacher.build(moments, seed=2, on_progress=lambda _done: None)


def test_rows_learnt_from_are_the_rows_served_to_the_bit(
    training: TrainingSet,
    models: list[CandidateModel[Any]],
    moments: Moments,
    learnt: RankingSet,
) -> None:
    """Served: by statistics made when nothing after the moment had happened to this person."""
    served = set()
    for user, n_cuts in zip(moments.user, moments.n_cuts, strict=True):
        end = int(training.user_ptr[user + 1])
        for target in range(end - int(n_cuts), end):
            kept = np.ones(training.n_events, np.bool_)
            kept[target:end] = False
            statistics = ItemStatistics.of(of_events(training, kept))
            stage = SecondStage.of(models, _any_ranker(), statistics, CONFIG)
            past = past_at(training, int(user), target)
            allowed = np.ones(training.n_items, np.bool_)
            allowed[past.item] = False
            shown = stage.presented(past, int(training.at_s[target]), allowed, 1)
            served.add(shown.rows.tobytes())
    trained = [learnt.rows[learnt.group == group] for group in np.unique(learnt.group)]
    assert len(trained) >= 100
    for rows in trained:
        assert rows.tobytes() in served


def test_every_moment_learnt_from_has_one_item_that_came_next(learnt: RankingSet) -> None:
    per_moment = np.bincount(learnt.group, learnt.label)
    assert set(per_moment[np.bincount(learnt.group) > 0].tolist()) == {1.0}
    assert (learnt.place >= 0).sum() == learnt.label.sum()


def test_candidate_recall_grows_with_the_candidates(learnt: RankingSet) -> None:
    recall = learnt.candidate_recall(CONFIG.n_candidates)
    assert list(recall) == [50, 100, 200]
    assert 0 < recall[50] < recall[100] < recall[200] <= 1


def test_moments_are_as_many_as_the_bound_allows(training: TrainingSet) -> None:
    drawn = Moments.drawn(training, n_cuts=8, max_requests=100, rng=np.random.default_rng(3))
    assert 90 < drawn.n_requests <= 100
    assert (drawn.n_cuts < np.diff(training.user_ptr)[drawn.user]).all()


def _any_ranker() -> Ranker:
    rows = np.array([[0.0], [1.0]], np.float32)
    return Ranker.fit(
        rows,
        np.array([0, 1], np.int8),
        np.zeros(2, np.int64),
        ("feature",),
        RankerConfig(n_trees=1, depth=1),
        seed=1,
        n_threads=1,
    )
