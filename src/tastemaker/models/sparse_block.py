"""Part of a sparse matrix by its own storage: general indexing takes longer than a slate."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


def dense_block(
    matrix: csr_array, rows: NDArray[np.integer], columns: NDArray[np.integer]
) -> NDArray[np.float32]:
    """float32 (len(rows), len(columns)). columns: distinct; the matrix has no entry twice."""
    start = matrix.indptr[rows]
    length = (matrix.indptr[np.asarray(rows) + 1] - start).astype(np.int64)
    owner = np.repeat(np.arange(len(rows)), length)
    within_row = np.arange(len(owner)) - np.repeat(np.cumsum(length) - length, length)
    entry = np.repeat(start, length) + within_row
    place = np.full(matrix.shape[1], -1, np.int64)
    place[columns] = np.arange(len(columns))
    column = place[matrix.indices[entry]]
    hit = np.flatnonzero(column >= 0)
    block = np.zeros((len(rows), len(columns)), np.float32)
    block[owner[hit], column[hit]] = matrix.data[entry[hit]]
    return block
