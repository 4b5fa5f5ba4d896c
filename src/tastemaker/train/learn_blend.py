"""How much each signal counts where candidates are chosen: learnt from what people took.

A softmax over items (McFadden 1974): the chance that an item is the one taken is proportional to
exp of the blend. Of the items not taken a sample stands for all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

N_SAMPLED = 1_000
MAX_RIGHT = 8
RIDGE = 1e-3

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Choice:
    """terms: (n_terms, MAX_RIGHT + N_SAMPLED), what the blend adds up for those taken, then for
    the sample. offset: of each column's logit, -inf where there is none. taken: adds up to 1."""

    terms: Floats
    offset: Floats
    taken: Floats

    @classmethod
    def of(
        cls,
        terms: Floats,
        allowed: NDArray[np.bool_],
        right: NDArray[np.int32],
        rng: np.random.Generator,
    ) -> Self:
        """terms: (n_terms, n_items). right: what was taken, at least one. allowed: what could have
        been taken, `right` among them."""
        sampled = rng.integers(terms.shape[1], size=N_SAMPLED)
        others = allowed[sampled] & ~np.isin(sampled, right)
        right = rng.permutation(right)[:MAX_RIGHT]
        column = np.zeros(MAX_RIGHT + N_SAMPLED, np.int64)
        column[: len(right)], column[MAX_RIGHT:] = right, sampled
        offset = np.full(len(column), -np.inf, np.float32)
        offset[: len(right)] = 0.0
        offset[MAX_RIGHT:][others] = np.log(terms.shape[1] / N_SAMPLED)
        taken = np.zeros(len(column), np.float32)
        taken[: len(right)] = 1 / len(right)
        return cls(terms[:, column], offset, taken)


def learn_blend(choices: Sequence[Choice]) -> NDArray[np.float64]:
    """(n_terms,): weights of the terms, none below 0; the most likely ones, held back by a ridge.

    choices: one at least.
    """
    # Imported where it is used: every start of the command reads this file.
    from scipy.optimize import minimize

    terms = np.stack([choice.terms for choice in choices])
    offset = np.stack([choice.offset for choice in choices])
    taken = np.stack([choice.taken for choice in choices])

    def loss(weight: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logit = np.matmul(weight.astype(np.float32), terms) + offset
        logit -= logit.max(axis=1, keepdims=True)
        chance = np.exp(logit)
        total = chance.sum(axis=1, keepdims=True)
        chance /= total
        surprise = np.where(taken > 0, np.log(total) - logit, np.float32(0))
        gradient = np.matmul(terms, (chance - taken)[:, :, None]).sum(axis=0)[:, 0]
        return (
            float((taken * surprise).sum() / len(terms) + RIDGE * (weight**2).sum()),
            gradient.astype(np.float64) / len(terms) + 2 * RIDGE * weight,
        )

    start = np.full(terms.shape[1], 1.0 / terms.shape[1])
    bounds = [(0.0, None)] * len(start)
    # Terms are float32: of the loss nothing below this is more than their rounding.
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-7})
    return np.asarray(best.x)
