"""A disk that is full: said clearly, nothing accepted is lost, and the service answers on."""

import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import httpx2

from tests.flow.processes import recorded, role, until, waits
from tests.flow.server import RunningServer, running
from tests.flow.small import source_of
from tests.flow.small_disk import filled, small_disk
from tests.flow.visitor import answering

BATCH = 500
MAX_BATCHES = 2_000
GATEWAY = ("role", "gateway")


@contextmanager
def bounded(server: RunningServer) -> Iterator[None]:
    """The nearest to a full disk: no file of the server may grow further."""
    pid = server.process.pid
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (2**20, hard))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


def test_a_full_disk_is_said_and_survived(tmp_path: Path, circles_home: Path) -> None:
    source = source_of(circles_home)
    with small_disk(tmp_path / "disk") as disk, httpx2.Client() as client:
        home = Path(shutil.copytree(circles_home, (disk or tmp_path) / "home"))
        with running(home, what=GATEWAY, **source) as server, answering(server.address) as seen:
            accepted = [0]
            assert _post(client, server, 0).is_success
            with filled(disk) if disk else bounded(server):
                _refused(client, server, accepted)
                n_answers = seen.statuses.total()
                # The first of them may have been under way before.
                until(lambda: seen.statuses.total() > n_answers + 1)
            assert _post(client, server, MAX_BATCHES).is_success
            accepted.append(MAX_BATCHES)
            assert server.process.poll() is None
        there = recorded(f"sqlite:///{home}/tastemaker.db")
    assert seen.sources == {"model"}
    assert sorted(there) == sorted(_ids(accepted))


def test_a_bus_on_a_full_disk_is_said_and_survived(
    disk: Path, tmp_path: Path, circles_home: Path
) -> None:
    home = Path(shutil.copytree(circles_home, tmp_path / "home"))
    settings = {
        **source_of(circles_home),
        "TASTEMAKER__BUS__URL": f"sqlite:///{disk}/bus.db",
        "TASTEMAKER__INTERACTIONS__THROUGH": "bus",
        "TASTEMAKER__ROLE_SERVER__PORT": "0",
    }
    database = f"sqlite:///{home}/tastemaker.db"
    with (
        running(home, what=GATEWAY, **settings) as server,
        answering(server.address) as seen,
        httpx2.Client() as client,
    ):
        accepted = [0]
        assert _post(client, server, 0).is_success
        with role("recorder", home, **settings):
            with filled(disk):
                refused = _refused(client, server, accepted)
                until(lambda: waits(home, "recorder"))
            # Of what was refused nobody knows whether it is on the bus: sent again, it counts once.
            until(lambda: _post(client, server, refused).is_success)
            accepted.append(refused)
            until(lambda: len(recorded(database)) >= len(accepted) * BATCH)
        assert server.process.poll() is None
    assert seen.sources == {"model"}
    assert sorted(recorded(database)) == sorted(_ids(accepted))


def _refused(client: httpx2.Client, server: RunningServer, accepted: list[int]) -> int:
    """The first batch that was."""
    for number in range(1, MAX_BATCHES):
        answer = _post(client, server, number)
        if not answer.is_success:
            assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
            assert answer.json()["title"] in ("Disk full", "Store not available")
            assert answer.headers["retry-after"]
            return number
        accepted.append(number)
    raise AssertionError("the disk did not fill up")


def _post(client: httpx2.Client, server: RunningServer, number: int) -> httpx2.Response:
    batch = [
        {"event_id": event_id, "user_id": "u9", "item_id": "i01", "action": "watched"}
        for event_id in _ids([number])
    ]
    return client.post(f"{server.address}/api/v1/interactions", json=batch)


def _ids(numbers: list[int]) -> list[str]:
    return [f"b{number}-{n}" for number in numbers for n in range(BATCH)]
