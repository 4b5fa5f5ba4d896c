"""Recall of candidates at K looks at the first K proposed and at no more."""

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest

from tastemaker.core.weights import FeedbackWeights
from tastemaker.models.manifest import Provenance
from tastemaker.models.ranker import RankerConfig
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.recommend.retrieve import top
from tastemaker.recommend.variant import VariantConfig
from tastemaker.train.candidate_recall import RECALL_AT, candidate_recall
from tastemaker.train.fit import fit_models
from tastemaker.train.measure import measure
from tastemaker.train.served import Served
from tastemaker.train.split import Protocol, Split, SplitConfig
from tastemaker.train.split_data import split_data
from tests.unit.train.rated import ratings

N_ITEMS = 400
N_FEW = 20
MODELS = ("item_knn", "popular")
RANKING = RankingConfig(
    min_requests=10, max_requests=100, n_folds=2, ranker=RankerConfig(n_trees=5, depth=3)
)
VARIANTS = {
    "fused": VariantConfig(models=MODELS),
    "ranked": VariantConfig(models=MODELS, ranking=RANKING),
    "few": VariantConfig(models=MODELS, ranking=RANKING.model_copy(update={"n_candidates": N_FEW})),
    "untrained": VariantConfig(models=("content",)),
}


@pytest.fixture(scope="module")
def split() -> Split:
    """Nobody's taste tells anything of their next item."""
    world = ratings(n_users=400, n_items=N_ITEMS, per_user=30)
    return split_data(world, None, Protocol.STRONG, FeedbackWeights(), SplitConfig()).test


@pytest.fixture(scope="module")
def served(split: Split) -> Served:
    made = Provenance(version="1", created_at=datetime.now(UTC), data_version="", seed=1)
    bundle = fit_models(
        split.training, MODELS, {}, made, lambda _step, _done: None, variants=VARIANTS
    )
    return Served(bundle, VARIANTS, "fused")


def test_it_is_the_share_that_so_many_at_random_hold_where_nothing_is_known(
    split: Split, served: Served
) -> None:
    n_left = N_ITEMS - sum(len(history) for history in split.histories) / split.n_cases
    for name, recall in candidate_recall(served, ("fused", "ranked"), split).items():
        assert tuple(recall) == RECALL_AT
        assert all(recall[fewer] < recall[more] for fewer, more in pairwise(RECALL_AT)), name
        assert recall[200] == pytest.approx(200 / n_left, abs=0.1), name


def test_without_a_ranker_it_is_the_recall_of_the_variants_own_order(
    split: Split, served: Served
) -> None:
    recall = candidate_recall(served, ("fused",), split)["fused"]
    of_order = measure(served.scorer("fused").score_many, split, RECALL_AT).per_user
    for k in RECALL_AT:
        assert recall[k] == pytest.approx(of_order[f"recall@{k}"].mean(), abs=0.01)


def test_no_more_is_ranked_than_a_slate_is_chosen_from(split: Split, served: Served) -> None:
    few = served.scorer("few")
    history = split.histories[0]
    allowed = np.ones(split.training.n_items, np.bool_)
    allowed[history.item] = False
    [scores] = few.score_many([history])
    slate = few.rank(history, allowed, 10)
    assert np.isfinite(scores).sum() == N_FEW
    np.testing.assert_array_equal(scores[slate.item], slate.score)
    np.testing.assert_array_equal(scores[top(scores, 10)], slate.score)
    assert set(few.proposed(history, allowed).tolist()) == set(top(scores, 50).tolist())
    assert np.isfinite(few.score_many([history], k=50)).sum() == 50


def test_beyond_what_is_proposed_nothing_is_found(split: Split, served: Served) -> None:
    recall = candidate_recall(served, ("few",), split)["few"]
    assert len(set(recall.values())) == 1
    n_left = N_ITEMS - sum(len(history) for history in split.histories) / split.n_cases
    assert recall[300] == pytest.approx(N_FEW / n_left, abs=0.05)


def test_a_variant_without_a_trained_model_proposes_nothing_and_has_none(
    split: Split, served: Served
) -> None:
    assert candidate_recall(served, ("untrained",), split) == {}
