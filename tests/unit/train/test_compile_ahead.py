"""What is compiled ahead is all that a training, and a server of what it made, ever call."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import structlog
from numba.core.registry import CPUDispatcher

from tastemaker.config import load_settings
from tastemaker.models.bundle import ModelBundle
from tastemaker.models.manifest import Provenance
from tastemaker.recommend.variant import VariantConfig, scorer
from tastemaker.train.compile_ahead import compile_ahead
from tastemaker.train.fit import fit_models
from tests.contracts.movielens_small import last_out

MODELS = ("ease", "ials", "item_knn", "near", "transitions")
PATIENCE_S = 600
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_training_and_a_server_find_everything_compiled() -> None:
    # In a process of its own: in this one other tests have had things compiled.
    done = subprocess.run(
        [sys.executable, "-m", __name__], capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stderr
    assert not done.stdout, done.stdout


def test_a_training_that_compiles_and_one_that_finds_it_done_are_the_same(tmp_path: Path) -> None:
    cache = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    made = [tmp_path / "compiles", tmp_path / "finds"]
    for folder in made:
        command = [sys.executable, "-m", __name__, str(folder)]
        subprocess.run(command, env=cache, check=True, timeout=PATIENCE_S)
    files = sorted(path.relative_to(made[0]) for path in made[0].rglob("*") if path.is_file())
    assert len(files) > len(MODELS)
    for file in files:
        assert (made[0] / file).read_bytes() == (made[1] / file).read_bytes(), file


def _train_and_ask(folder: Path) -> None:
    training = last_out().training.users(np.arange(60))
    full = load_settings(None).variants["full"]
    assert full.ranking is not None
    taught = {"min_requests": 10, "ranker": full.ranking.ranker.model_copy(update={"n_trees": 2})}
    variant = full.model_copy(update={"ranking": full.ranking.model_copy(update=taught)})
    alone = VariantConfig(models=("ials",), ranking=variant.ranking)
    made = Provenance(version="1", created_at=MADE_AT, data_version="", seed=0)
    variants = {"full": variant, "alone": alone}
    fit_models(training, MODELS, {}, made, lambda _step, _done: None, variants=variants).save(
        folder
    )
    served = ModelBundle.load(folder)
    assert len(served.rankers) == len(variants)
    for name, config in variants.items():
        scorer(config, served, name).score_many(
            [training.history(0), training.history(1).latest(1)]
        )


def _compiled() -> set[str]:
    return {
        f"{dispatcher.py_func.__module__}.{dispatcher.py_func.__name__}{signature}"
        for dispatcher in _kernels()
        for signature in dispatcher.signatures
    }


def _kernels() -> Iterator[CPUDispatcher]:
    for name, module in list(sys.modules.items()):
        if name.startswith("tastemaker"):
            yield from (each for each in vars(module).values() if isinstance(each, CPUDispatcher))


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    if sys.argv[1:]:
        _train_and_ask(Path(sys.argv[1]))
    else:
        compile_ahead()
        ahead = _compiled()
        with tempfile.TemporaryDirectory() as parent:
            _train_and_ask(Path(parent) / "1")
        print(*sorted(_compiled() - ahead), sep="\n", end="")
