"""How memory grows, and how sure that is."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.table import Row

WARM_UP = 0.2
"""Share of the run in which pools, caches and files of the models are still being filled."""

_N_PARTS = 12
_T_95 = 2.228
"""Student's t of 95 % for a line through so many parts, which leaves 10 degrees of freedom."""

ARENA_MB = 1.0
"""What the interpreter asks the system for at once."""


def memory_mb(pid: int) -> float:
    """Its own alone: files of the models are mapped, and their pages belong to nobody."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024


def slope(role: str, looks: Sequence[tuple[float, float]]) -> Row:
    """looks: seconds and megabytes.

    A straight line through the means of equal parts of the run, with the interval of its slope.
    Less than one arena more over the whole run is noise too: an allocator takes no less at once.
    """
    of_s, mb = np.array(looks[int(WARM_UP * len(looks)) :]).T
    hours = np.array([part.mean() for part in np.array_split(of_s, _N_PARTS)]) / 3600
    means = np.array([part.mean() for part in np.array_split(mb, _N_PARTS)])
    off = hours - hours.mean()
    found = float(off @ means / (off @ off))
    residual = means - means.mean() - found * off
    deviation = np.sqrt(residual @ residual / (_N_PARTS - 2) / (off @ off))
    noise = max(_T_95 * float(deviation), ARENA_MB / float(np.ptp(of_s) / 3600))
    verdict = "flat" if abs(found) <= noise else "falls" if found < 0 else "GROWS"
    return Row(
        f"soak: memory of the {role}, slope",
        f"{found:+.1f} MB/h, noise (95 %) {noise:.1f}: {verdict};"
        f" {means[0]:.1f} MB after the warm-up, {means[-1]:.1f} at the end",
        "slope inside noise",
    )
