"""What a ranker learns of people who come back."""

from typing import Any

import numpy as np
import pytest

from tastemaker.core.training_set import TrainingSet
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.train.moments import draw_returns
from tastemaker.train.returns import MAX_SHARE, Returns
from tests.contracts.movielens_small import last_out

CONFIG = RankingConfig()


@pytest.fixture(scope="module")
def training() -> TrainingSet:
    return last_out().training


def test_somebody_who_came_back_is_asked_for_the_whole_sitting(training: TrainingSet) -> None:
    returns = Returns.drawn(training, CONFIG, np.random.default_rng(1))
    assert np.bincount(returns.user).max() <= CONFIG.n_returns
    for question in returns.questions(training):
        asked = training.at_s[question.held[: question.n_right]]
        assert question.at_s == asked[0]
        assert asked[0] - question.past.at_s[0] >= CONFIG.away_s
        assert (np.diff(asked) < CONFIG.away_s).all()
        later = training.at_s[question.held[question.n_right :]]
        assert not len(later) or later[0] - asked[-1] >= CONFIG.away_s


def test_returns_stay_within_their_share_of_the_moments(training: TrainingSet) -> None:
    few = CONFIG.model_copy(update={"max_requests": 100})
    drawn = Returns.drawn(training, few, np.random.default_rng(1))
    assert drawn.n_requests == 100 * MAX_SHARE // 1
    assert (np.diff(drawn.user) >= 0).all()


@pytest.mark.parametrize("update", [{"moments": "any"}, {"uses_moment": False}, {"n_returns": 0}])
def test_returns_are_learnt_only_where_the_ranker_is_told_of_them(
    training: TrainingSet, update: dict[str, Any]
) -> None:
    config = CONFIG.model_copy(update=update)
    assert draw_returns(training, config, np.random.default_rng(1)).n_requests == 0
