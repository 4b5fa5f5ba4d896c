"""Two machines that share their models through files alone, by real processes."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from tests.contracts.test_blobs import SERVERS
from tests.flow.processes import LIMIT_S, role, until
from tests.flow.server import RunningServer, running
from tests.flow.small import source_of


@pytest.fixture
def blobs_url(tmp_path: Path) -> str:
    """S3 where there is one, else a folder."""
    url = os.environ.get(SERVERS["s3"])
    if not url:
        return f"file://{tmp_path}/shared"
    place, mark, rest = url.partition("?")
    return f"{place.rstrip('/')}/{uuid4().hex}{mark}{rest}"


@pytest.fixture
def settings(circles_home: Path, tmp_path: Path, blobs_url: str) -> dict[str, str]:
    """Of both machines: they share the bus and the files, and nothing else."""
    return {
        **source_of(circles_home),
        "TASTEMAKER__BUS__URL": f"sqlite:///{tmp_path}/bus.db",
        "TASTEMAKER__BLOBS__URL": blobs_url,
        "TASTEMAKER__BLOBS__SHARE_MODELS": "true",
        "TASTEMAKER__ROLE_SERVER__PORT": "0",
    }


@pytest.fixture
def elsewhere(
    circles_home: Path, tmp_path: Path, settings: dict[str, str]
) -> Iterator[RunningServer]:
    """A gateway on a machine where nothing trains."""
    home = Path(shutil.copytree(circles_home, tmp_path / "elsewhere" / "home"))
    with running(home, what=("role", "gateway"), **settings) as server:
        yield server


def test_what_one_machine_trains_another_serves_without_a_restart(
    circles_home: Path, tmp_path: Path, settings: dict[str, str], elsewhere: RunningServer
) -> None:
    before = _version(elsewhere)
    home = Path(shutil.copytree(circles_home, tmp_path / "trains" / "home"))
    with (
        running(home, what=("role", "gateway"), **settings) as here,
        role("trainer", home, **settings),
    ):
        httpx2.post(f"{here.address}/api/v1/retrain", timeout=LIMIT_S).raise_for_status()
        until(lambda: _version(here) != before)
        made = _version(here)
        until(lambda: _version(elsewhere) == made)
    assert elsewhere.process.poll() is None
    slate = httpx2.get(f"{elsewhere.address}/api/v1/recommendations/u1", timeout=LIMIT_S)
    assert slate.raise_for_status().json()["model_version"] == made


def _version(server: RunningServer) -> str:
    ready = httpx2.get(f"{server.address}/health/ready", timeout=LIMIT_S)
    return str(ready.raise_for_status().json()["model_version"])
