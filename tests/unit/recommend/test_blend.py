"""Which items a ranker gets to see is the same wherever it is worked out."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from tastemaker.recommend.blend import blended, squashed

PATIENCE_S = 600


def test_a_process_that_compiles_and_one_that_finds_it_done_add_up_alike(tmp_path: Path) -> None:
    cache = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", __name__]
    said = [
        subprocess.run(command, env=cache, check=True, timeout=PATIENCE_S, capture_output=True)
        for _ in range(2)
    ]
    assert said[0].stdout
    assert said[0].stdout == said[1].stdout


def _bits() -> str:
    rng = np.random.default_rng(0)
    signals = rng.normal(size=(16, 3_706)).astype(np.float32)
    seen = np.asarray(rng.random(signals.shape[1]) < 0.1)
    squeezed = squashed(signals, seen)
    weight = np.linspace(0, 1, len(signals), dtype=np.float32)
    blend = blended(signals, weight, seen, np.arange(signals.shape[1], dtype=np.float32), 0.3)
    return hashlib.sha256(squeezed.tobytes() + blend.tobytes()).hexdigest()


if __name__ == "__main__":
    print(_bits())
