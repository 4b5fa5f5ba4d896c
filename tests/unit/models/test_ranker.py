"""The trees of a second stage."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from catboost import CatBoost

from tastemaker.core.errors import DiskFull, ModelCorrupt, NotEnoughData, StoreUnavailable
from tastemaker.models.ranker import DESCRIPTION, TREES, Ranker, RankerConfig

N_REQUESTS, N_CANDIDATES = 60, 10
FEATURES = ("noise", "truth")


def _fitted(config: RankerConfig, seed: int = 1) -> Ranker:
    rng = np.random.default_rng(0)
    rows = rng.random((N_REQUESTS * N_CANDIDATES, 2)).astype(np.float32)
    best = rows[:, 1].reshape(N_REQUESTS, N_CANDIDATES).argmax(axis=1)
    label = (np.arange(N_CANDIDATES) == best[:, None]).astype(np.int8).ravel()
    group = np.repeat(np.arange(N_REQUESTS), N_CANDIDATES)
    return Ranker.fit(rows, label, group, FEATURES, config, seed=seed, n_threads=1)


QUICK = RankerConfig(n_trees=20, depth=3)
ROWS = np.array([[0.9, 0.1], [0.1, 0.99], [0.5, 0.5]], np.float32)


@pytest.mark.parametrize("loss", ["Logloss", "YetiRank", "QuerySoftMax", "QueryRMSE"])
def test_what_was_chosen_in_the_past_comes_first(loss: str) -> None:
    ranker = _fitted(RankerConfig.model_validate({**QUICK.model_dump(), "loss_function": loss}))
    assert np.argmax(ranker.score(ROWS)) == 1
    assert next(iter(ranker.importances())) == "truth"


def test_several_seeds_are_averaged() -> None:
    both = _fitted(QUICK.model_copy(update={"n_seeds": 2}))
    mean = (_fitted(QUICK).score(ROWS) + _fitted(QUICK, seed=2).score(ROWS)) / 2
    np.testing.assert_allclose(both.score(ROWS), mean, rtol=1e-5)


def test_the_same_seed_gives_the_same_ranker() -> None:
    np.testing.assert_array_equal(_fitted(QUICK).score(ROWS), _fitted(QUICK).score(ROWS))


def test_a_saved_ranker_answers_as_before(tmp_path: Path) -> None:
    ranker = _fitted(QUICK)
    ranker.save(tmp_path)
    loaded = Ranker.load(tmp_path)
    np.testing.assert_array_equal(loaded.score(ROWS), ranker.score(ROWS))
    assert (loaded.config, loaded.features) == (ranker.config, ranker.features)
    assert {path.name for path in tmp_path.iterdir()} == {TREES, DESCRIPTION}


def test_a_folder_cut_anywhere_is_refused(tmp_path: Path) -> None:
    _fitted(QUICK).save(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        for damaged in (whole[: len(whole) // 2], whole[:-9] + b"\0" * 9):
            path.write_bytes(damaged)
            with pytest.raises(ModelCorrupt, match=path.name):
                Ranker.load(tmp_path)
        path.unlink()
        with pytest.raises(ModelCorrupt, match=path.name):
            Ranker.load(tmp_path)
        path.write_bytes(whole)
    Ranker.load(tmp_path)


SAVED_WITHOUT_ROOM = """
import resource, sys
from pathlib import Path
from tastemaker.core.errors import DiskFull
from tastemaker.models.ranker import Ranker
ranker = Ranker.load(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
try:
    ranker.save(Path(sys.argv[2]))
except DiskFull as error:
    print(error)
"""


def test_a_disk_that_fills_up_under_the_trees_is_said(tmp_path: Path) -> None:
    """The nearest to it: no file of the process may grow beyond one block."""
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    _fitted(QUICK).save(whole)
    done = subprocess.run(
        [sys.executable, "-c", SAVED_WITHOUT_ROOM, str(whole), str(cut)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "The disk is full" in done.stdout
    with pytest.raises(ModelCorrupt):
        Ranker.load(cut)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("n_trees", [1, 20])
def test_trees_that_were_not_written_are_never_described(tmp_path: Path, n_trees: int) -> None:
    """Of so small a file that it waits in memory, CatBoost does not tell that it was lost."""
    (tmp_path / TREES).symlink_to("/dev/full")
    with pytest.raises((DiskFull, StoreUnavailable)):
        _fitted(RankerConfig(n_trees=n_trees, depth=1)).save(tmp_path)
    assert not (tmp_path / DESCRIPTION).exists()


def test_no_candidates_have_no_scores() -> None:
    assert _fitted(QUICK).score(np.empty((0, 2), np.float32)).shape == (0,)


def test_candidates_of_one_label_teach_nothing() -> None:
    rows = np.zeros((4, 2), np.float32)
    with pytest.raises(NotEnoughData):
        Ranker.fit(rows, np.zeros(4, np.int8), np.arange(4), FEATURES, QUICK, seed=1, n_threads=1)


@pytest.mark.parametrize("n_seeds", [1, 3])
def test_scores_are_those_of_catboost_to_the_bit(tmp_path: Path, n_seeds: int) -> None:
    rng = np.random.default_rng(1)
    rows = rng.choice([-1.5, 0.0, 0.25, 3.0], (400, 4)).astype(np.float32)
    rows[:, 2] = 7.0
    label = (rows[:, 1] * rows[:, 3] + rng.normal(size=400) > 1).astype(np.int8)
    config = RankerConfig(n_trees=30, depth=5, n_seeds=n_seeds)
    group = np.arange(400) // 10
    names = ("a", "b", "constant", "d")
    ranker = Ranker.fit(rows, label, group, names, config, seed=4, n_threads=1)
    ranker.save(tmp_path)
    trees = CatBoost().load_model(str(tmp_path / TREES))
    asked = np.concatenate([rows, rng.normal(size=(400, 4)).astype(np.float32)])
    expected = trees.predict(asked, prediction_type="RawFormulaVal")
    np.testing.assert_array_equal(ranker.score(asked), expected.astype(np.float32))
