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


def falling(value: NDArray[np.float32]) -> NDArray[np.int64]:
    """Positions along the last axis, the largest value first, equals in their order.

    A float and its position make one whole number, which is sorted several times faster than by a
    stable sort. value: without nan, less than 2^31 long.
    """
    # Adding 0 makes one of the two zeros.
    bits = (np.float32(0) - value + np.float32(0)).view(np.int32).astype(np.int64)
    rising = np.where(bits < 0, bits ^ np.int64(0x7FFFFFFF), bits)
    key = (rising << 32) | np.arange(value.shape[-1])
    return np.sort(key, axis=-1) & np.int64(0xFFFFFFFF)
