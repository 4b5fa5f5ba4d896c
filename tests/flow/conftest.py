"""One home folder with the bundled data and trained models, made once a worker."""

from pathlib import Path

import pytest

from tests.flow.server import run


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `make run` leaves it. Read only: a test that writes copies it first."""
    folder = tmp_path_factory.mktemp("flow")
    for step in ("ingest", "preprocess", "movies", "train"):
        done = run(step, "--home", folder / "home", cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder / "home"
