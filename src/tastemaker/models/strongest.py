"""The largest few of many numbers, in compiled code.

By insertion, not by the sorting of the compiler's library, whose compilation takes seconds.
"""

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(nogil=True, cache=True)
def keep_strongest(strength: NDArray[np.float32], n_most: int) -> NDArray[np.int64]:
    """Positions of the `n_most` largest values, ascending; of all where there are fewer.

    Among equals the earlier are kept.
    """
    kept = np.empty(min(n_most, len(strength)), np.int64)
    n_kept = 0
    for k in range(len(strength)):
        if n_kept == len(kept):
            if n_kept == 0 or strength[k] <= strength[kept[n_kept - 1]]:
                continue
            n_kept -= 1
        at = n_kept
        while at > 0 and strength[kept[at - 1]] < strength[k]:
            kept[at] = kept[at - 1]
            at -= 1
        kept[at] = k
        n_kept += 1
    for n in range(1, len(kept)):
        position, at = kept[n], n
        while at > 0 and kept[at - 1] > position:
            kept[at] = kept[at - 1]
            at -= 1
        kept[at] = position
    return kept
