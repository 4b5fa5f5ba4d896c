"""Item vectors by alternating least squares, from irspack; imported only to fit."""

from dataclasses import dataclass

import numpy as np
from irspack.recommenders.ials import IALSTrainer, str_to_loss_type, str_to_solver_type
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from tastemaker.core.errors import NotEnoughData
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.blas_threads import blas_threads
from tastemaker.models.fold_in import FoldInRule

INIT_STD = 0.1
MAX_SEED = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Effort:
    n_factors: int
    n_epochs: int
    n_threads: int


def fit_item_factors(
    training: TrainingSet, rule: FoldInRule, effort: Effort, rng: np.random.Generator
) -> NDArray[np.float32]:
    """(n_items, n_factors). One epoch solves all users, then all items, each by 3 CG steps.

    The same rng gives the same vectors, up to the rounding of sums over several threads.
    Raises NotEnoughData without events.
    """
    if not training.n_events:
        raise NotEnoughData("No interaction to learn from", next_step="Ingest some data first.")
    trainer = IALSTrainer(
        X=csr_matrix(training.matrix() * np.float32(rule.confidence)),
        n_components=effort.n_factors,
        alpha0=rule.alpha0,
        reg=rule.reg,
        nu=rule.nu,
        init_std=INIT_STD,
        solver_type=str_to_solver_type("CG"),
        max_cg_steps=3,
        ialspp_subspace_dimension=effort.n_factors,
        loss_type=str_to_loss_type("ORIGINAL" if rule.plus_alpha0 else "IALSPP"),
        random_seed=int(rng.integers(MAX_SEED)),
        n_threads=effort.n_threads,
        prediction_time_max_cg_steps=5,
        prediction_time_ialspp_iteration=1,
    )
    with blas_threads(1):
        for _ in range(effort.n_epochs):
            trainer.run_epoch()
    factors = np.array(trainer.core_trainer.item, dtype=np.float32)
    factors[np.bincount(training.item, minlength=training.n_items) == 0] = 0.0
    return factors
