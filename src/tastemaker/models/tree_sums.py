"""What a ranker's trees say of a few hundred rows, in compiled code.

CatBoost answers the same to the bit, but is made for many rows: for those of one request it spends
more time on taking them in than on the trees.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

import numba
import numpy as np
from numpy.typing import NDArray

from tastemaker.models.writing_trees import writing_trees

if TYPE_CHECKING:
    from catboost import CatBoost


@dataclass(frozen=True, slots=True)
class TreeSums:
    """Trees that ask one question a level (Kohavi & Li 1995), of numbers alone.

    feature, border: (n_trees, depth), whether that column is above that border; inf where a tree
    has fewer levels. leaf: (n_trees, 2^depth), level d is bit d. A sum is scale * leaves + bias.
    """

    feature: NDArray[np.int32]
    border: NDArray[np.float32]
    leaf: NDArray[np.float64]
    scale: float
    bias: float

    @classmethod
    def of(cls, trees: "CatBoost") -> Self:
        """By way of a file for a moment. Raises DiskFull or StoreUnavailable."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "trees.json"
            with writing_trees(path.parent):
                trees.save_model(str(path), format="json")
                told = json.loads(path.read_bytes())
        each = told["oblivious_trees"]
        depth = max((len(tree["splits"] or ()) for tree in each), default=0)
        feature = np.zeros((len(each), depth), np.int32)
        border = np.full((len(each), depth), np.inf, np.float32)
        leaf = np.zeros((len(each), 1 << depth))
        for number, tree in enumerate(each):
            for level, split in enumerate(tree["splits"] or ()):
                feature[number, level] = split["float_feature_index"]
                border[number, level] = split["border"]
            leaf[number, : len(tree["leaf_values"])] = tree["leaf_values"]
        scale, (bias,) = told["scale_and_bias"]
        return cls(feature, border, leaf, scale, bias)

    def of_rows(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n,) of rows (n, n_features), without nan."""
        out = np.zeros(len(rows))
        _add_leaves(np.ascontiguousarray(rows.T), self.feature, self.border, self.leaf, out)
        return self.scale * out + self.bias


@numba.njit(nogil=True, cache=True)
def _add_leaves(
    column: NDArray[np.float32],
    feature: NDArray[np.int32],
    border: NDArray[np.float32],
    leaf: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """column: (n_features, n)."""
    at = np.empty(len(out), np.int32)
    for tree in range(len(feature)):
        at[:] = 0
        for level in range(feature.shape[1]):
            asked, above = column[feature[tree, level]], border[tree, level]
            for row in range(len(at)):
                at[row] += np.int32(asked[row] > above) << np.int32(level)
        for row in range(len(at)):
            out[row] += leaf[tree, at[row]]
