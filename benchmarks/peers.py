"""Other people's models behind the same call as ours, so that one measurement serves all."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from tastemaker.core.history import History
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.blas_threads import n_cores
from tastemaker.models.ease import Ease, EaseConfig
from tastemaker.train.measure import ScoreMany

N_FACTORS = 64


def implicit_als(training: TrainingSet, n_factors: int, **settings: float) -> ScoreMany:
    """ALS of the library `implicit`; settings: those that are not its defaults."""
    from implicit.cpu.als import AlternatingLeastSquares

    with threadpool_limits(1, "blas"):  # as the library asks for; it has threads of its own
        model = AlternatingLeastSquares(factors=n_factors, random_state=0, **settings)
        model.fit(csr_matrix(training.matrix()), show_progress=False)

    def score_many(histories: Sequence[History]) -> NDArray[np.float32]:
        rows = _rows(histories, training.n_items)
        users = model.recalculate_user(np.arange(len(histories)), rows)
        return np.asarray(users @ model.item_factors.T, np.float32)

    return score_many


def irspack_ials(training: TrainingSet, n_factors: int) -> ScoreMany:
    """iALS of the library `irspack`, with the settings published for MovieLens."""
    from irspack import IALSRecommender

    matrix = csr_matrix(training.matrix())
    model = IALSRecommender(
        matrix, n_components=n_factors, alpha0=0.3, reg=0.01, n_threads=n_cores()
    )
    return _learnt(model, training)


def irspack_slim(training: TrainingSet) -> ScoreMany:
    """SLIM (Ning & Karypis 2011) of the library `irspack`, with its defaults."""
    from irspack import SLIMRecommender

    matrix = csr_matrix(training.matrix())
    return _learnt(SLIMRecommender(matrix, n_threads=n_cores()), training)


def irspack_rp3beta(training: TrainingSet) -> ScoreMany:
    """RP3beta (Paudel et al. 2017) of the library `irspack`, with its defaults."""
    from irspack import RP3betaRecommender

    matrix = csr_matrix(training.matrix())
    return _learnt(RP3betaRecommender(matrix, n_threads=n_cores()), training)


def plain_ease(training: TrainingSet) -> ScoreMany:
    """EASE (Steck 2019) as published, over all items; in our code, none of the libraries has it."""
    plain: dict[str, Any] = {"dropout": 0.0, "user_power": 0.0, "popularity_power": 0.0}
    config = EaseConfig(ridge=600.0, min_dense_uses=1, **plain)
    return Ease.fit(training, config, np.random.default_rng(0)).score_many


def _learnt(model: Any, training: TrainingSet) -> ScoreMany:
    """model: a recommender of irspack, not yet learnt."""
    with redirect_stdout(StringIO()):  # its progress bar cannot be switched off
        model.learn()
    return lambda histories: np.asarray(
        model.get_score_cold_user(_rows(histories, training.n_items)), np.float32
    )


def _rows(histories: Sequence[History], n_items: int) -> csr_matrix:
    ptr = np.cumsum([0, *(len(history) for history in histories)])
    item = np.concatenate([np.empty(0, np.int32), *(history.item for history in histories)])
    return csr_matrix((np.ones(len(item), np.float32), item, ptr), shape=(len(histories), n_items))


PEERS: Mapping[str, Callable[[TrainingSet], ScoreMany]] = {
    f"implicit ALS d={N_FACTORS}": lambda training: implicit_als(training, N_FACTORS),
    f"implicit ALS d={N_FACTORS}, objective of our als": lambda training: implicit_als(
        training, N_FACTORS, alpha=3.0, regularization=20.0, iterations=15
    ),
    f"irspack iALS d={N_FACTORS}": lambda training: irspack_ials(training, N_FACTORS),
    "irspack SLIM, its defaults": irspack_slim,
    "irspack RP3beta, its defaults": irspack_rp3beta,
    "EASE as published, lambda 600": plain_ease,
}
