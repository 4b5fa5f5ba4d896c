"""The vector of an unseen user, against irspack's own."""

import numpy as np
import pytest
from irspack.recommenders.ials import IALSTrainer, str_to_loss_type, str_to_solver_type
from scipy.sparse import csr_matrix

from tastemaker.core.history import History
from tastemaker.models.als import Als, AlsConfig
from tastemaker.models.fold_in import FoldIn, FoldInRule
from tastemaker.models.ials import Ials, IalsConfig
from tests.unit.models.sequences import history_of, random_training


@pytest.mark.parametrize(
    ("loss", "alpha0", "nu"), [("IALSPP", 0.3, 1.0), ("IALSPP", 0.1, 0.5), ("ORIGINAL", 1.0, 0.0)]
)
def test_fold_in_is_irspacks(loss: str, alpha0: float, nu: float) -> None:
    training = random_training(n_users=60, n_items=40, n_events_a_user=15, seed=3)
    matrix = csr_matrix(training.matrix())
    peer = IALSTrainer(
        X=matrix,
        n_components=8,
        alpha0=alpha0,
        reg=0.05,
        nu=nu,
        init_std=0.1,
        solver_type=str_to_solver_type("CHOLESKY"),
        max_cg_steps=3,
        ialspp_subspace_dimension=8,
        loss_type=str_to_loss_type(loss),
        random_seed=0,
        n_threads=1,
        prediction_time_max_cg_steps=5,
        prediction_time_ialspp_iteration=1,
    )
    for _ in range(3):
        peer.run_epoch()
    rule = FoldInRule(1.0, alpha0, 0.05, nu, plus_alpha0=loss == "ORIGINAL")
    ours = FoldIn(peer.core_trainer.item, rule).user_vectors(list(training.histories()))
    np.testing.assert_allclose(ours, peer.transform_user(matrix), rtol=1e-3, atol=1e-4)


def test_an_entry_of_more_weight_pulls_harder() -> None:
    training = random_training(n_users=80, n_items=20, n_events_a_user=6, seed=4)
    model = Ials.fit(training, IalsConfig(n_factors=8), np.random.default_rng(0))
    for item in (0, 1, 2):
        weak = model.score(history_of([item], [0.1]))
        assert model.score(history_of([item], [1.0]))[item] > weak[item]


def test_a_known_user_is_drawn_to_what_they_used() -> None:
    training = random_training(n_users=80, n_items=20, n_events_a_user=6, seed=5)
    model = Als.fit(training, AlsConfig(n_factors=8, reg=1.0), np.random.default_rng(0))
    history = training.history(0)
    scores = model.score(history)
    others = np.setdiff1d(np.unique(training.item), history.item)
    assert scores[history.item].mean() > scores[others].mean()


def test_a_history_of_unknown_items_alone_is_no_opinion() -> None:
    factors = np.zeros((3, 4), np.float32)
    factors[0] = 1.0
    model = FoldIn(factors, FoldInRule(1.0, 0.3, 0.1, 1.0, plus_alpha0=False))
    unknown = model.scores([history_of([2]), History.empty()])
    assert np.isneginf(unknown).all()
    assert np.isfinite(model.scores([history_of([0, 2])])[0]).tolist() == [True, False, False]
