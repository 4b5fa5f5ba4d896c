"""A version against the one in service and the baselines, all as they would be served."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.history import History
from tastemaker.models.blas_threads import blas_threads, n_cores
from tastemaker.models.bundle import ModelBundle
from tastemaker.recommend.variant import VariantConfig, scorer
from tastemaker.train.baselines import BASELINES, baselines
from tastemaker.train.gate import IN_SERVICE, N_CANDIDATES, Contest
from tastemaker.train.measure import ScoreMany
from tastemaker.train.served_scores import renumbered, served_scores
from tastemaker.train.split import Split


def contest(
    candidate: ModelBundle,
    in_service: ModelBundle | None,
    variant: VariantConfig,
    jury: Split,
    rng: np.random.Generator,
) -> Contest:
    """variant: the one that answers where none is named; it speaks for its version.

    jury: in the numbering of its own training set. Baselines that the candidate has are taken
    from it; others are fitted.
    """
    ours = jury.training.item_ids

    def seen_by(bundle: ModelBundle, score_many: ScoreMany) -> ScoreMany:
        if np.array_equal(bundle.item_ids, ours):
            return score_many
        return renumbered(score_many, bundle.item_ids, ours)

    missing = set(BASELINES) - set(candidate.models)
    fitted = baselines(jury.training, rng) if missing and jury.n_cases else {}
    opponents = {
        name: seen_by(candidate, candidate.models[name].score_many)
        for name in BASELINES
        if name in candidate.models
    } | {name: fitted[name] for name in BASELINES if name in missing and name in fitted}
    if in_service is not None:
        opponents = {
            IN_SERVICE: seen_by(in_service, served_scores(in_service, variant)),
            **opponents,
        }
    return Contest(seen_by(candidate, served_scores(candidate, variant)), opponents)


def candidate_recall(bundle: ModelBundle, variant: VariantConfig, jury: Split) -> float | None:
    """Mean share of what a person used next among what the models of the variant propose.

    It bounds what any later stage can reach. None where nobody is asked. jury: in the numbering
    of the bundle.
    """
    of_variant = scorer(variant, bundle)
    if not jury.n_cases or not of_variant.models:
        return None

    def found(history: History, relevant: NDArray[np.int32]) -> float:
        allowed = np.ones(jury.training.n_items, np.bool_)
        allowed[history.item] = False
        proposed = of_variant.candidates(history, allowed, N_CANDIDATES).item
        return float(np.isin(relevant, proposed).mean())

    with blas_threads(1), ThreadPoolExecutor(n_cores()) as pool:
        return float(np.mean(list(pool.map(found, jury.histories, jury.relevant))))
