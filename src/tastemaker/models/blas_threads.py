"""How many threads the linear algebra library may use.

Dense factorisations are the only place where more than one pays: in serving and in alternating
least squares the matrices are small and threads only wait for each other.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def blas_threads(n_threads: int) -> Iterator[None]:
    """Limit every BLAS library loaded so far, until the block ends."""
    with threadpool_limits(limits=n_threads, user_api="blas"):
        yield


def limit_blas_threads(n_threads: int) -> None:
    """The same for the rest of the process; a server and a trainer start with 1.

    A library loaded later is not limited.
    """
    threadpool_limits(limits=n_threads, user_api="blas")


def n_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
