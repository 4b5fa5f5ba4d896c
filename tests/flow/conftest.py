"""Homes with data and trained models, each made once a run; a disk and a broker of one test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tastemaker.config import Settings
from tastemaker.roles.apart import run_apart
from tastemaker.wire import train
from tests.flow.made_once import made_once
from tests.flow.own_kafka import OwnKafka, own_kafka
from tests.flow.server import run
from tests.flow.small_disk import small_disk
from tests.unit.train.small_home import circles, home_with, silent

# Every variant as it is, but a ranker that learns little: these tests are not about quality.
_SETTINGS = """\
[variants.full]
models = ["transitions", "ease"]
[variants.full.ranking]
n_cuts = 1
n_folds = 2
[variants.full.ranking.ranker]
n_trees = 50
"""


@pytest.fixture
def home(prepared_home: Path, tmp_path: Path) -> Path:
    """A copy to write into, with its configuration in the folder around it."""
    (tmp_path / "tastemaker.toml").write_text(_SETTINGS)
    return Path(shutil.copytree(prepared_home, tmp_path / "home"))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small one of the test's own."""
    with small_disk(tmp_path / "disk") as disk:
        if disk is None:
            pytest.skip("only an administrator may have a small disk")
        yield disk


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[OwnKafka]:
    with own_kafka(tmp_path / "kafka") as broker:
        yield broker


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """As a first start leaves it. Read only: a test that writes copies it first."""
    return made_once("flow", _prepare, tmp_path_factory, worker_id) / "home"


def _prepare(folder: Path) -> None:
    (folder / "tastemaker.toml").write_text(_SETTINGS)
    for step in ("ingest", "preprocess", "movies", "train"):
        done = run(step, "--home", folder / "home", cwd=folder)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def circles_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Small data, of which `source_of` tells the server, and one version trained of it. Read
    only: a test that writes copies it first."""
    return made_once("circles", _train_circles, tmp_path_factory, worker_id) / "home"


def _train_circles(folder: Path) -> None:
    run_apart(_train, home_with(folder, circles(), recommend={}))


def _train(settings: Settings) -> None:
    train(settings, silent)
