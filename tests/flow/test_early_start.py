"""Roles that are started before what they need."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core.clock import system_clock
from tastemaker.core.topics import Topic
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import migrate
from tests.flow.own_postgresql import own_postgresql
from tests.flow.processes import LIMIT_S, happened, recorded, role, until
from tests.flow.small import source_of

N_EVENTS = 10


@pytest.fixture
def home(circles_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(circles_home, tmp_path / "home"))


def test_a_role_started_before_the_database_works_once_it_is_there(
    home: Path, circles_home: Path, tmp_path: Path
) -> None:
    bus = SqliteBus(home / "bus.db", system_clock)
    bus.publish(Topic.INTERACTIONS, [happened(number, "i01") for number in range(N_EVENTS)])
    with own_postgresql(tmp_path / "postgresql") as database:
        database.stop()
        settings = {**source_of(circles_home), "TASTEMAKER__STORE__URL": database.url}
        with role("recorder", home, **settings) as recorder:
            until(lambda: _n_waits(home) or recorder.poll() is not None)
            assert recorder.poll() is None
            database.start()
            until(lambda: bus.lag(Topic.INTERACTIONS, "recorder") == 0)
        assert sorted(recorded(database.url)) == sorted(f"e{number}" for number in range(N_EVENTS))
    assert _n_waits(home) == 1
    bus.close()


def test_a_role_does_not_wait_for_a_database_of_a_newer_version(
    home: Path, circles_home: Path
) -> None:
    engine = open_engine(f"sqlite:///{home}/tastemaker.db", StoreConfig())
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with role("recorder", home, **source_of(circles_home)) as recorder:
        assert recorder.wait(LIMIT_S) == 1
    assert "written by a newer version" in _log(home)


def _log(home: Path) -> str:
    return (home / "roles.err").read_text()


def _n_waits(home: Path) -> int:
    return _log(home).count("waiting for a server to start with")
