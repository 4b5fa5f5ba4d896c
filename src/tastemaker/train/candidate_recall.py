"""How much of what people used next is among the candidates, which bounds every later stage."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.history import History
from tastemaker.models.blas_threads import blas_threads, n_cores
from tastemaker.recommend.variant import Scorer
from tastemaker.train.served import Served
from tastemaker.train.split import Split

RECALL_AT = (50, 100, 200, 300)
"""Numbers of candidates, rising."""


def candidate_recall(
    served: Served, variants: Sequence[str], cases: Split
) -> dict[str, dict[int, float]]:
    """By variant, for each of RECALL_AT the mean share found among the first so many proposed.

    Without the variants of which nothing is trained; empty where nobody is asked. cases: in the
    numbering of the version.
    """
    if not cases.n_cases:
        return {}
    scorers = {name: served.scorer(name) for name in variants}
    return {name: _recall(one, cases) for name, one in scorers.items() if one.models}


def _recall(scorer: Scorer, cases: Split) -> dict[int, float]:
    def found(history: History, relevant: NDArray[np.int32]) -> list[float]:
        allowed = np.ones(cases.training.n_items, np.bool_)
        allowed[history.item] = False
        proposed = scorer.proposed(history, allowed)
        return [float(np.isin(relevant, proposed[:k]).mean()) for k in RECALL_AT]

    with blas_threads(1), ThreadPoolExecutor(n_cores()) as pool:
        shares = np.array(list(pool.map(found, cases.histories, cases.relevant)))
    return dict(zip(RECALL_AT, shares.mean(axis=0).tolist(), strict=True))
