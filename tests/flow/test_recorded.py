"""Every training is a run that can be looked up, and repeated to the bit."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from tests.flow.processes import process, until
from tests.flow.server import command, run
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


@dataclass(frozen=True)
class Run:
    name: str
    status: str
    params: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]


def runs(home: Path) -> list[Run]:
    """Of the default place, the oldest first."""
    found = []
    with closing(sqlite3.connect(home / "mlflow.db")) as database:
        for run_id, name, status in database.execute(
            "select run_uuid, name, status from runs order by start_time"
        ).fetchall():
            params, metrics, tags = (
                dict(
                    database.execute(
                        f"select key, value from {table} where run_uuid = ?", [run_id]
                    ).fetchall()
                )
                for table in ("params", "latest_metrics", "tags")
            )
            found.append(Run(name, status, params, metrics, tags))
    return found


def check(recorded: Run, version: str) -> None:
    assert (recorded.name, recorded.status) == (version, "FINISHED")
    assert recorded.params["data.n_users"] == "150"
    assert len(recorded.params["data.training_hash"]) == 64
    assert recorded.params["seed"] == "42"
    assert "transitions.ridge" in recorded.params
    assert recorded.params["variants.full.ranking.n_cuts"] == "16"
    assert recorded.params["variants.als_catboost.ranking.ranker.n_trees"] == "150"
    assert recorded.params["gate.confidence"] == "0.95"
    assert recorded.params["judged"] == "transitions"
    assert recorded.tags["state"] == "in service"
    assert recorded.tags["mlflow.source.git.commit"]
    metrics = recorded.metrics
    assert (
        metrics["candidate similar items/ndcg_at_10"] > metrics["popular similar items/ndcg_at_10"]
    )
    assert metrics["candidate/ndcg_at_10"] > metrics["popular/ndcg_at_10"]
    assert metrics["candidate full/ndcg_at_10"] > metrics["popular/ndcg_at_10"]
    assert metrics["transitions/candidate_recall_at_200"] == 1.0
    assert "full/candidate_recall_at_50" in metrics


ARTEFACTS = {
    "checksums.json",
    "manifest.json",
    "recipe.json",
    "record.json",
    "verdict.png",
    "importances.json",
    "importances.png",
}


def test_the_run_names_parameters_data_commit_and_figures(recorded_home: Path) -> None:
    [recorded] = runs(recorded_home)
    check(recorded, version(recorded_home))
    [folder] = recorded_home.glob("mlartifacts/*/artifacts")
    assert {path.name for path in folder.iterdir()} == ARTEFACTS
    read_most = json.loads((folder / "importances.json").read_text())["full"]
    assert sum(read_most.values()) == pytest.approx(100, abs=0.5)


def test_a_server_of_mlflow_is_told_the_same(home: Path) -> None:
    url = os.environ.get("TASTEMAKER_TEST_MLFLOW_URL")
    if url is None:
        pytest.skip("TASTEMAKER_TEST_MLFLOW_URL names no server to test with")
    experiment = f"tests {uuid4().hex}"
    there = {
        "TASTEMAKER__TRAIN__TRACKING__URL": url,
        "TASTEMAKER__TRAIN__TRACKING__EXPERIMENT": experiment,
    }
    n_here = len(runs(home))
    done = run("train", "--home", home, cwd=home.parent, **VARIANT, **there)
    assert done.returncode == 0, done.stderr
    assert "not tracked" not in done.stderr
    assert len(runs(home)) == n_here
    with httpx2.Client(base_url=f"{url}/api/2.0/mlflow", timeout=60) as server:
        named = server.get("experiments/get-by-name", params={"experiment_name": experiment})
        number = named.raise_for_status().json()["experiment"]["experiment_id"]
        asked = {"experiment_ids": [number]}
        [found] = server.post("runs/search", json=asked).raise_for_status().json()["runs"]
        info, data = found["info"], found["data"]
        files = server.get("artifacts/list", params={"run_id": info["run_id"]})
    params, metrics, tags = (
        {one["key"]: one["value"] for one in data[kind]} for kind in ("params", "metrics", "tags")
    )
    check(Run(info["run_name"], info["status"], params, metrics, tags), version(home))
    assert {one["path"] for one in files.raise_for_status().json()["files"]} == ARTEFACTS


def test_a_training_that_failed_is_a_failed_run_with_its_reason(home: Path) -> None:
    shutil.rmtree(home / "data")
    done = run("train", "--home", home, cwd=home.parent, **VARIANT)
    assert done.returncode == 1
    failed = runs(home)[-1]
    assert failed.status == "FAILED"
    assert failed.tags["state"] == "failed"
    assert failed.tags["reason"].startswith("There is no data yet")


def test_a_killed_training_is_a_killed_run_once_the_next_begins(home: Path) -> None:
    with process(command("train", "--home", home), home, **VARIANT) as training:
        until(lambda: runs(home)[-1].status == "RUNNING")
        training.kill()
        training.wait()
    assert runs(home)[-1].status == "RUNNING"
    done = run("train", "--home", home, cwd=home.parent, **VARIANT)
    assert done.returncode == 0, done.stderr
    killed, last = runs(home)[-2:]
    assert (killed.status, killed.tags["state"]) == ("KILLED", "killed")
    assert (last.status, last.name) == ("FINISHED", version(home))


def test_all_that_is_known_of_a_version_is_shown(recorded_home: Path) -> None:
    shown = run(
        *("models", "show", version(recorded_home), "--home", recorded_home),
        cwd=recorded_home.parent,
        COLUMNS="200",
    )
    assert shown.returncode == 0, shown.stderr
    for said in (
        "in service. Not worse in ndcg@10 than popular, item_knn; "
        "similar items than popular, item_knn. The first to be trained.",
        "150 users, 40 items, 2020-09-13 to 2020-09-15",
        "Means over",
        "Recall of candidates",
        "recall@300",
        "Ranker of full",
        "importance of 100",
        "ranker of als_catboost: A ranker of als needs 500 moments",
        "processor",
    ):
        assert said in shown.stdout
    listed = run(
        *("models", "list", "--home", recorded_home), cwd=recorded_home.parent, COLUMNS="200"
    )
    assert "transitions ndcg@10 1.0000, 1.000" in listed.stdout
    assert "full ndcg@10 " in listed.stdout
    assert "similar items ndcg@10 " in listed.stdout


def test_two_versions_are_compared_side_by_side(recorded_home: Path) -> None:
    name = version(recorded_home)
    done = run(
        *("models", "compare", name, name, "--home", recorded_home),
        cwd=recorded_home.parent,
        COLUMNS="200",
        **VARIANT,
    )
    assert done.returncode == 0, done.stderr
    assert f"{name} full" in done.stdout
    assert "Recall of candidates" in done.stdout
    assert f"{name} similar items" in done.stdout
    opponents = f"{name}, popular, item_knn"
    said = f"Not worse in ndcg@10 than {opponents}; similar items than {opponents}."
    assert f"{name}: {said}" in done.stdout


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
