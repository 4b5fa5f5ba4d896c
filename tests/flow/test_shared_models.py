"""Two machines that share their models through files alone, by real processes."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.adapters.slates.sql import SqlSlates
from tastemaker.core.clock import system_clock
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus
from tastemaker.roles.grown import ask_to_retrain
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import migrate
from tastemaker.store.version_folder import VersionFolder
from tests.contracts.line import line_to
from tests.contracts.test_blobs import SERVERS
from tests.flow.processes import LIMIT_S, role, until, waits
from tests.flow.server import RunningServer, running
from tests.flow.small import source_of
from tests.flow.visitor import answering
from tests.flow.working import training_of

GATEWAY = ("role", "gateway")
N_USERS = 20


@pytest.fixture
def blobs_url(tmp_path: Path) -> str:
    """S3 where there is one, else a folder."""
    url = os.environ.get(SERVERS["s3"])
    return f"file://{tmp_path}/shared" if not url else _own_place(url)


def _own_place(s3_url: str) -> str:
    place, mark, rest = s3_url.partition("?")
    return f"{place.rstrip('/')}/{uuid4().hex}{mark}{rest}"


@pytest.fixture
def settings(circles_home: Path, tmp_path: Path, blobs_url: str) -> dict[str, str]:
    """Of both machines: they share the bus and the files, and nothing else."""
    return {
        **source_of(circles_home),
        "TASTEMAKER__BUS__URL": f"sqlite:///{tmp_path}/bus.db",
        "TASTEMAKER__BLOBS__URL": blobs_url,
        "TASTEMAKER__BLOBS__TIMEOUT_S": "5",
        "TASTEMAKER__BLOBS__SHARE_MODELS": "true",
        "TASTEMAKER__ROLE_SERVER__PORT": "0",
    }


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = SqliteBus(tmp_path / "bus.db", system_clock)
    yield bus
    bus.close()


@pytest.fixture
def trains(circles_home: Path, tmp_path: Path) -> Path:
    """The home of the machine that trains."""
    return Path(shutil.copytree(circles_home, tmp_path / "trains" / "home"))


@pytest.fixture
def answers(circles_home: Path, tmp_path: Path) -> Path:
    """The home of a machine where nothing trains."""
    return Path(shutil.copytree(circles_home, tmp_path / "answers" / "home"))


def test_what_one_machine_trains_another_serves_without_a_restart(
    trains: Path, answers: Path, settings: dict[str, str]
) -> None:
    with (
        running(answers, what=GATEWAY, **settings) as elsewhere,
        running(trains, what=GATEWAY, **settings) as here,
        role("trainer", trains, **settings),
    ):
        before = _version(elsewhere)
        httpx2.post(f"{here.address}/api/v1/retrain", timeout=LIMIT_S).raise_for_status()
        until(lambda: _version(here) != before)
        made = _version(here)
        until(lambda: _version(elsewhere) == made)
        assert elsewhere.process.poll() is None


def test_slates_are_made_anew_where_the_new_models_come_late(
    trains: Path, answers: Path, settings: dict[str, str], bus: Bus
) -> None:
    """The request for them is there before the models are."""
    before = _current(answers)
    engine = open_engine(f"sqlite:///{answers}/tastemaker.db", StoreConfig())
    migrate(engine)
    slates = SqlSlates(engine, system_clock, ttl_s=1e6)
    keys = [SlateKey(SlateKind.USER, f"u{number}", "transitions") for number in range(N_USERS)]
    slates.put_many([StoredSlate(key, before, system_clock(), b"{}\n{}") for key in keys])

    def made_by(version: str) -> int:
        stored = [slates.get(key) for key in keys]
        return sum(slate is not None and slate.model_version == version for slate in stored)

    with role("refresher", answers, **settings), role("trainer", trains, **settings):
        with VersionFolder(answers / "models").locked():
            ask_to_retrain(bus, system_clock(), "a test", "ask")
            until(lambda: waits(answers, "aging"))
        until(lambda: bus.lag(Topic.REFRESH, "aging") == 0)
        assert _current(answers) == _current(trains) != before
        until(lambda: made_by(_current(trains)) == N_USERS)
    engine.dispose()


def test_a_version_trained_while_s3_is_away_is_announced_when_it_is_back(
    trains: Path, answers: Path, settings: dict[str, str], bus: Bus
) -> None:
    if not (url := os.environ.get(SERVERS["s3"])):
        pytest.skip(f"{SERVERS['s3']} names no server to test with")
    with line_to(_own_place(url)) as (line, by_line):
        settings |= {"TASTEMAKER__BLOBS__URL": by_line}
        with (
            running(answers, what=GATEWAY, **settings) as elsewhere,
            answering(elsewhere.address) as seen,
            role("trainer", trains, **settings) as trainer,
        ):
            before = _version(elsewhere)
            ask_to_retrain(bus, system_clock(), "a test", "ask")
            until(lambda: training_of(trainer.pid))
            line.cut()
            until(lambda: waits(trains, "trainer"))
            assert _current(trains) != before
            assert bus.lag(Topic.MODEL_UPDATED, "a test") == 0
            line.mend()
            until(lambda: _version(elsewhere) == _current(trains))
            until(lambda: bus.lag(Topic.RETRAIN, "trainer") == 0)
    assert bus.lag(Topic.MODEL_UPDATED, "a test") == 1
    assert seen.sources == {"model"}


def _current(home: Path) -> str:
    return (home / "models" / "CURRENT").read_text().strip()


def _version(server: RunningServer) -> str:
    """Of the models that answer."""
    slate = httpx2.get(f"{server.address}/api/v1/recommendations/u1", timeout=LIMIT_S)
    return str(slate.raise_for_status().json()["model_version"])
