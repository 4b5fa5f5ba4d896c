"""A database that goes away in the middle of a training: the request is not lost to it."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tastemaker.store.version_folder import VersionFolder
from tests.flow.own_postgresql import OwnPostgresql, own_postgresql
from tests.flow.processes import LIMIT_S, role, until, waits
from tests.flow.server import running
from tests.flow.small import source_of
from tests.flow.visitor import answering
from tests.flow.working import training_of


@pytest.fixture
def database(tmp_path: Path) -> Iterator[OwnPostgresql]:
    with own_postgresql(tmp_path / "postgresql") as database:
        yield database


def test_a_training_that_met_an_outage_is_done_when_the_database_is_back(
    circles_home: Path, tmp_path: Path, database: OwnPostgresql
) -> None:
    home = Path(shutil.copytree(circles_home, tmp_path / "home"))
    before = set(VersionFolder(home / "models").names())
    settings = {
        **source_of(circles_home),
        "TASTEMAKER__STORE__URL": database.url,
        "TASTEMAKER__ROLE_SERVER__PORT": "0",
    }
    with (
        running(home, what=("role", "gateway"), **settings) as server,
        answering(server.address),
        role("trainer", home, **settings) as trainer,
    ):
        retrain = f"{server.address}/api/v1/retrain"

        def phase() -> str:
            return str(httpx2.get(retrain, timeout=LIMIT_S).raise_for_status().json()["phase"])

        httpx2.post(retrain, timeout=LIMIT_S).raise_for_status()
        until(lambda: training_of(trainer.pid))
        training = training_of(trainer.pid)
        assert training is not None
        # Before it has read anything.
        os.kill(training, signal.SIGSTOP)
        database.stop()
        os.kill(training, signal.SIGCONT)
        until(lambda: waits(home, "trainer"))
        assert httpx2.get(retrain, timeout=LIMIT_S).status_code == 503
        database.start()
        until(lambda: phase() == "done")
    assert len(set(VersionFolder(home / "models").names()) - before) == 1
