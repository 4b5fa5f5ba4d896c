"""Dense symmetric systems in float32, solved in place on all cores."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import blas, lapack

from tastemaker.core.errors import NotEnoughData
from tastemaker.models.blas_threads import blas_threads

Floats = NDArray[np.float32]


def solve_in_place(gram: Floats, right: Floats, n_threads: int) -> None:
    """Overwrite right (n, m) with gram^-1 right; gram (n, n) is destroyed.

    Only the lower triangle of gram is read. Both are C-contiguous, so LAPACK sees them transposed:
    with gram = U^T U it solves X^T U = right^T and Z^T U^T = X^T, without a copy.
    Raises NotEnoughData where gram is not positive definite.
    """
    with blas_threads(n_threads):
        factor = _factorise(gram)
        half = blas.strsm(1.0, factor, right.T, side=1, lower=0, trans_a=0, overwrite_b=1)
        blas.strsm(1.0, factor, half, side=1, lower=0, trans_a=1, overwrite_b=1)


def invert_in_place(gram: Floats, n_threads: int) -> None:
    """Overwrite gram (n, n), of which only the lower triangle is read, with its inverse."""
    with blas_threads(n_threads):
        inverse, _ = lapack.spotri(_factorise(gram), lower=0, overwrite_c=1)
    _mirror_lower(inverse.T)


def invert_few_rows(rows: Floats, diagonal: Floats, n_threads: int) -> Floats:
    """(n, n): inverse of rows^T rows + diag(diagonal), for rows (m, n) with m well below n.

    By the identity of Woodbury (1950): D^-1 - V^T V with V = L^-1 rows D^-1 and
    L L^T = I + rows D^-1 rows^T, in the time of m n^2 instead of n^3. diagonal: positive.
    """
    with blas_threads(n_threads):
        scaled = rows / diagonal
        inner: Floats = np.asarray(scaled @ rows.T, np.float32)
        inner.flat[:: len(inner) + 1] += 1
        lower = np.tril(_factorise(inner).T)
        half = blas.strsm(1.0, lower.T, scaled.T, side=1, lower=0, trans_a=0)
        start = np.diag(np.float32(1) / diagonal).T
        inverse = np.asarray(blas.ssyrk(-1.0, half, beta=1.0, c=start, overwrite_c=1), np.float32)
    _mirror_lower(inverse.T)
    return np.ascontiguousarray(inverse.T)


def _factorise(gram: Floats) -> Floats:
    factor, info = lapack.spotrf(gram.T, lower=0, overwrite_a=1, clean=0)
    if info != 0:
        raise NotEnoughData(
            "The system of this model has no unique solution",
            next_step="Raise its regularisation or give it more data.",
        )
    return np.asarray(factor)


def _mirror_lower(square: Floats, block: int = 1024) -> None:
    """Copy the lower triangle onto the upper one, by blocks that fit the cache."""
    n = len(square)
    for start in range(0, n, block):
        stop = min(start + block, n)
        corner = np.tril(square[start:stop, start:stop], -1)
        square[start:stop, start:stop] = (
            corner + corner.T + np.diag(square[start:stop, start:stop].diagonal())
        )
        square[start:stop, stop:] = square[stop:, start:stop].T
