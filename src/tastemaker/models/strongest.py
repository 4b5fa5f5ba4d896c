"""The largest few of many numbers, in compiled code."""

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(nogil=True, cache=True)
def keep_strongest(strength: NDArray[np.float32], n_most: int) -> NDArray[np.int64]:
    """Positions of the `n_most` largest values, ascending; of all where there are fewer."""
    if len(strength) <= n_most:
        return np.arange(len(strength))
    return np.sort(np.argsort(-strength)[:n_most])
