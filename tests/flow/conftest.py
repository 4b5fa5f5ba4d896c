"""One home folder with the bundled data and trained models, made once a run."""

from pathlib import Path

import pytest

from tests.flow.made_once import made_once
from tests.flow.server import run


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """As `make run` leaves it. Read only: a test that writes copies it first."""
    return made_once("flow", _prepare, tmp_path_factory, worker_id) / "home"


def _prepare(folder: Path) -> None:
    for step in ("ingest", "preprocess", "movies", "train"):
        done = run(step, "--home", folder / "home", cwd=folder)
        assert done.returncode == 0, done.stderr
