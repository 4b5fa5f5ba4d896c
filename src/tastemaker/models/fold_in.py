"""A user's vector from a history, given the vectors of the items: one small system a user.

With V the item vectors, H the history, x_i the confidence added by entry i and alpha0 the weight
of an unobserved pair,

  A = alpha0 V^T V + sum_H x_i v_i v_i^T + reg (|H| + alpha0 n_items)^nu I
  A u = sum_H b_i v_i, where b_i = x_i (Rendle et al. 2021) or alpha0 + x_i (Hu et al. 2008).

A score v_j u is a sum over the history of v_j^T A^-1 v_i b_i (Hu et al. 2008, section 5).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.history import History

N_USERS_A_BLOCK = 256
"""Systems solved at once: few enough that they stay in the cache."""

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FoldInRule:
    """confidence: x_i for an entry of weight 1. plus_alpha0: whether b_i is alpha0 + x_i."""

    confidence: float
    alpha0: float
    reg: float
    nu: float
    plus_alpha0: bool


class FoldIn:
    """item_factor: float32 (n_items, n_factors), zero for items that nobody used."""

    def __init__(self, item_factor: Floats, rule: FoldInRule) -> None:
        self.item_factor = item_factor
        self._rule = rule
        self._known = np.asarray(item_factor.any(axis=1))
        factor = item_factor.astype(np.float64)
        self._unobserved = rule.alpha0 * (factor.T @ factor)

    def scores(self, histories: Sequence[History]) -> Floats:
        """(len(histories), n_items); -inf for unknown items, and for all if no entry is known."""
        out = np.empty((len(histories), len(self.item_factor)), np.float32)
        for start in range(0, len(histories), N_USERS_A_BLOCK):
            block = slice(start, start + N_USERS_A_BLOCK)
            out[block] = self.user_vectors(histories[block]) @ self.item_factor.T
        out[:, ~self._known] = -np.inf
        for row, history in enumerate(histories):
            if not self._known[history.item].any():
                out[row] = -np.inf
        return out

    def user_vectors(self, histories: Sequence[History]) -> Floats:
        """(len(histories), n_factors), zero for an empty history."""
        systems = list(self._systems(histories))
        if not systems:
            return np.empty((0, self.item_factor.shape[1]), np.float32)
        left = np.stack([a for a, _ in systems])
        right = np.stack([v.T @ b for _, (v, b) in systems])
        return np.linalg.solve(left, right[:, :, None])[:, :, 0].astype(np.float32)

    def explain(self, history: History, items: NDArray[np.int32]) -> Floats:
        """(len(items), len(history)): exact, the entries add up to the score of a known item."""
        ((left, (vectors, target)),) = self._systems([history])
        towards = np.linalg.solve(left, self.item_factor[items].T.astype(np.float64))
        return np.asarray((towards.T @ vectors.T) * target, dtype=np.float32)

    def _systems(
        self, histories: Sequence[History]
    ) -> Iterator[tuple[Doubles, tuple[Doubles, Doubles]]]:
        """A, and the vectors and b_i of the entries, for each history."""
        rule = self._rule
        n_items, n_factors = self.item_factor.shape
        for history in histories:
            vectors = self.item_factor[history.item].astype(np.float64)
            added = rule.confidence * history.weight.astype(np.float64)
            ridge = rule.reg * (len(history) + rule.alpha0 * n_items) ** rule.nu
            left = self._unobserved + (vectors.T * added) @ vectors
            left.flat[:: n_factors + 1] += ridge
            yield left, (vectors, added + rule.alpha0 if rule.plus_alpha0 else added)
