"""The protocols repeat figures that were measured by others, on MovieLens 1M."""

import os
from pathlib import Path

import numpy as np
import pytest

from tastemaker.core.clock import system_clock
from tastemaker.core.weights import FeedbackWeights
from tastemaker.ingest.limits import IngestConfig
from tastemaker.ingest.merge import Tables
from tastemaker.models.ease import Ease, EaseConfig
from tastemaker.models.popular import Popular, PopularConfig
from tastemaker.train.batch_files import read_source
from tastemaker.train.measure import measure
from tastemaker.train.split import Protocol, Split, SplitConfig
from tastemaker.train.split_data import split_data

FOLDER = Path(os.environ.get("TASTEMAKER_DATA_DIR", "")) / "ml-1m"
pytestmark = pytest.mark.skipif(
    "TASTEMAKER_DATA_DIR" not in os.environ or not FOLDER.is_dir(),
    reason="TASTEMAKER_DATA_DIR names no folder with ml-1m",
)


@pytest.fixture(scope="module")
def movielens() -> Tables:
    return read_source(
        str(FOLDER), None, IngestConfig(), clock=system_clock, on_progress=lambda _s, _d: None
    )


def _test_split(tables: Tables, protocol: Protocol) -> Split:
    return split_data(tables.interactions, None, protocol, FeedbackWeights(), SplitConfig()).test


def _means(model: Ease | Popular, split: Split, ks: list[int]) -> dict[str, float]:
    per_user = measure(model.score_many, split, ks).per_user
    return {metric: round(float(values.mean()), 4) for metric, values in per_user.items()}


def test_strong_split_of_ease(movielens: Tables) -> None:
    split = _test_split(movielens, Protocol.STRONG)
    assert (split.n_cases, split.training.n_users, split.training.n_items) == (1000, 4034, 3468)
    config = EaseConfig(ridge=600, dropout=0, user_power=0, popularity_power=0, min_dense_uses=1)
    means = _means(Ease.fit(split.training, config, np.random.default_rng(0)), split, [20, 50, 100])
    assert (means["recall@20"], means["recall@50"], means["ndcg@100"]) == (0.3523, 0.4694, 0.4157)


def test_last_out_of_popularity(movielens: Tables) -> None:
    split = _test_split(movielens, Protocol.LAST_OUT)
    assert (split.n_cases, split.training.n_items) == (6040, 3706)
    popular = Popular.fit(split.training, PopularConfig(), np.random.default_rng(0))
    means = _means(popular, split, [10])
    assert (means["hit_rate@10"], means["ndcg@10"]) == (0.0363, 0.0178)
