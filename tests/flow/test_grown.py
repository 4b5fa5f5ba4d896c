"""So many new events lead to a training, once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core.clock import system_clock
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus
from tests.flow.processes import LIMIT_S, role, until
from tests.flow.server import RunningServer, running
from tests.flow.small import source_of
from tests.flow.visitor import answering

EVERY = 50


@pytest.fixture
def settings(circles_home: Path, tmp_path: Path) -> dict[str, str]:
    """Of all roles, which share database, bus and models, and no home."""
    return {
        **source_of(circles_home),
        "TASTEMAKER__STORE__URL": f"sqlite:///{tmp_path}/tastemaker.db",
        "TASTEMAKER__BUS__URL": f"sqlite:///{tmp_path}/bus.db",
        "TASTEMAKER__BLOBS__URL": f"file://{tmp_path}/blobs",
        "TASTEMAKER__BLOBS__SHARE_MODELS": "true",
        "TASTEMAKER__SCHEDULE__RETRAIN_EVERY_EVENTS": str(EVERY),
        "TASTEMAKER__SCHEDULE__LOOK_EVERY_S": "0.05",
        "TASTEMAKER__ROLE_SERVER__PORT": "0",
    }


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = SqliteBus(tmp_path / "bus.db", system_clock)
    yield bus
    bus.close()


def test_so_many_events_lead_to_one_training_wherever_the_roles_run(
    circles_home: Path, tmp_path: Path, settings: dict[str, str], bus: Bus
) -> None:
    answers, trains = (
        Path(shutil.copytree(circles_home, tmp_path / name / "home")) for name in ("here", "there")
    )
    with (
        running(answers, what=("role", "gateway"), **settings) as server,
        answering(server.address) as seen,
    ):
        first = _version(server)
        _post(server, 0, EVERY - 1)
        with role("trainer", trains, **settings):
            _post(server, EVERY - 1, EVERY + 10)
            until(lambda: _version(server) != first)
            until(lambda: _retrain(server)["phase"] == "done")
        second = _version(server)
        assert _retrain(server)["version"] == second
        # Fewer than so many since then, and a trainer that begins anew.
        _post(server, EVERY + 10, EVERY + 30)
        with role("trainer", trains, **settings):
            _post(server, EVERY + 30, 2 * EVERY + 10)
            until(lambda: _version(server) != second)
            until(lambda: bus.lag(Topic.RETRAIN, "trainer") == 0)
    asked = bus.subscribe([Topic.RETRAIN], "a test").poll(100, timeout_s=LIMIT_S)
    assert {one.message.message_id for one in asked} == {f"grown-{first}-1", f"grown-{second}-1"}
    assert seen.sources == {"model"}


def _version(server: RunningServer) -> str:
    ready = httpx2.get(f"{server.address}/health/ready", timeout=LIMIT_S)
    return str(ready.raise_for_status().json()["model_version"])


def _retrain(server: RunningServer) -> dict[str, str]:
    answer = httpx2.get(f"{server.address}/api/v1/retrain", timeout=LIMIT_S)
    return dict(answer.raise_for_status().json())


def _post(server: RunningServer, first: int, end: int) -> None:
    events = [
        {"event_id": f"e{n}", "user_id": f"u{n % 9}", "item_id": "i01", "action": "watched"}
        for n in range(first, end)
    ]
    answer = httpx2.post(f"{server.address}/api/v1/interactions", json=events, timeout=LIMIT_S)
    answer.raise_for_status()
