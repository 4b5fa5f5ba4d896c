"""Work on ranges of items in threads; for compiled code that gives the interpreter free."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

N_ITEMS_A_CHUNK = 64
"""Small enough that cores finish together although some items are used far more than others."""


def over_item_chunks(n_items: int, n_threads: int, work: Callable[[int, int], None]) -> None:
    """Call work(start, stop) for every range; results go into arrays the callers hold."""
    starts = range(0, n_items, N_ITEMS_A_CHUNK)
    with ThreadPoolExecutor(n_threads) as pool:
        jobs = [pool.submit(work, s, min(s + N_ITEMS_A_CHUNK, n_items)) for s in starts]
        for job in jobs:
            job.result()
