"""A disk that is full: said clearly, nothing accepted is lost, and the service answers on."""

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.flow.processes import recorded
from tests.flow.server import RunningServer, running
from tests.flow.small import source_of

DISK_BYTES = 64 * 2**20
BATCH = 500
MAX_BATCHES = 2_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path | None]:
    """A small one of its own; None where only an administrator may have that."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def filled(disk: Path | None, server: RunningServer) -> Iterator[None]:
    if disk is None:
        # The nearest to it: no file of the server may grow beyond what the largest has now.
        pid = server.process.pid
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (2**20, hard))
        yield
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
        return
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            os.posix_fallocate(file.fileno(), file.tell(), 4096)
            file.seek(4096, os.SEEK_CUR)
    yield
    filler.unlink()


def test_a_full_disk_is_said_and_survived(
    disk: Path | None, tmp_path: Path, circles_home: Path
) -> None:
    home = Path(shutil.copytree(circles_home, (disk or tmp_path) / "home"))
    source = source_of(circles_home)
    with running(home, what=("role", "gateway"), **source) as server, httpx2.Client() as client:

        def post(number: int) -> Any:
            batch = [_event(f"b{number}-{n}") for n in range(BATCH)]
            return client.post(f"{server.address}/api/v1/interactions", json=batch)

        accepted = [0]
        assert post(0).is_success
        with filled(disk, server):
            refused = _first_refused(post, accepted)
            assert refused.status_code == HTTPStatus.SERVICE_UNAVAILABLE
            assert refused.json()["title"] in ("Disk full", "Store not available")
            assert refused.headers["retry-after"]
            slate = client.get(f"{server.address}/api/v1/recommendations/u1").json()
            assert slate["source"] == "model"
        assert post(MAX_BATCHES).is_success
        accepted.append(MAX_BATCHES)
        assert server.process.poll() is None
    there = recorded(f"sqlite:///{home}/tastemaker.db")
    assert sorted(there) == sorted(f"b{number}-{n}" for number in accepted for n in range(BATCH))


def _first_refused(post: Callable[[int], Any], accepted: list[int]) -> Any:
    for number in range(1, MAX_BATCHES):
        answer = post(number)
        if not answer.is_success:
            return answer
        accepted.append(number)
    raise AssertionError("the disk did not fill up")


def _event(event_id: str) -> dict[str, str]:
    return {"event_id": event_id, "user_id": "u1", "item_id": "i01", "action": "watched"}
