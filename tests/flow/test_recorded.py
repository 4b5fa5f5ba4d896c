"""Every training is a run that can be looked up, and repeated to the bit."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.flow.server import run
from tests.unit.train.small_home import circles, home_with

VARIANT = {"TASTEMAKER__RECOMMEND__DEFAULT_VARIANT": "transitions"}


@pytest.fixture(scope="module")
def recorded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One training, recorded in the default place."""
    home = home_with(tmp_path_factory.mktemp("recorded"), circles()).home
    done = run("train", "--home", home, cwd=home.parent, **VARIANT)
    assert done.returncode == 0, done.stderr
    assert "not tracked" not in done.stderr
    return home


@pytest.fixture
def home(recorded_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded_home, tmp_path / "home"))


def version(home: Path) -> str:
    return (home / "models" / "CURRENT").read_text().strip()


def test_the_run_names_parameters_data_commit_and_figures(recorded_home: Path) -> None:
    with sqlite3.connect(recorded_home / "mlflow.db") as database:
        [(name, status)] = database.execute("select name, status from runs").fetchall()
        params = dict(database.execute("select key, value from params").fetchall())
        tags = dict(database.execute("select key, value from tags").fetchall())
        metrics = dict(database.execute("select key, value from latest_metrics").fetchall())
    assert (name, status) == (version(recorded_home), "FINISHED")
    assert params["data.n_users"] == "150"
    assert len(params["data.training_hash"]) == 64
    assert params["seed"] == "42"
    assert "transitions.ridge" in params
    assert tags["state"] == "in service"
    assert tags["mlflow.source.git.commit"]
    assert metrics["candidate/ndcg_at_10"] > metrics["popular/ndcg_at_10"]
    assert metrics["transitions/candidate_recall_at_200"] == 1.0
    assert "full/candidate_recall_at_50" in metrics
    assert "candidate full/ndcg_at_10" in metrics
    artefacts = {path.name for path in recorded_home.glob("mlartifacts/*/artifacts/*")}
    assert artefacts == {"manifest.json", "recipe.json", "record.json", "verdict.png"}


def test_a_recorded_training_is_repeated_to_the_bit(recorded_home: Path) -> None:
    home = recorded_home
    done = run("models", "repeat", version(home), "--home", home, cwd=home.parent, **VARIANT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "repeated exactly" in done.stdout


def test_another_outcome_is_named_file_by_file(home: Path) -> None:
    array = next((home / "models" / version(home) / "transitions").glob("*.npy"))
    array.write_bytes(array.read_bytes()[:-1] + b"?")
    done = run("models", "repeat", version(home), "--home", home, cwd=home.parent, **VARIANT)
    assert done.returncode == 1
    assert f"transitions/{array.name}" in done.stdout


def test_a_tracking_database_that_cannot_be_used_loses_no_training(home: Path) -> None:
    (home / "mlflow.db").write_bytes(b"no database" * 100)
    before = version(home)
    done = run("train", "--home", home, cwd=home.parent, **VARIANT)
    assert done.returncode == 0, done.stderr
    assert "not tracked" in done.stderr
    assert version(home) != before
