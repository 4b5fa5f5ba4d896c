"""What goes wrong outside meets a clear error, and the log goes on afterwards."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from tastemaker.core.errors import (
    ConfigInvalid,
    DiskFull,
    RequestInvalid,
    StoreUnavailable,
)
from tastemaker.core.ids import UserId
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.migrate import migrate
from tests.unit.store.events import rated


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def small_log(file: Path) -> Iterator[InteractionLog]:
    """A log in a database that may grow to 30 pages and waits 50 ms for a lock."""
    engine = open_engine(f"sqlite:///{file}", StoreConfig(busy_timeout_s=0.05))
    event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA max_page_count = 60"))
    migrate(engine)
    log = InteractionLog(engine)
    yield log
    log.close()
    engine.dispose()


def test_a_full_disk_loses_nothing_accepted(small_log: InteractionLog) -> None:
    small_log.append([rated("kept")])
    with pytest.raises(DiskFull):
        small_log.append([rated(f"{number:0200}") for number in range(5_000)])
    assert small_log.count() == 1
    assert small_log.append([rated("after")]).new == (True,)


def test_a_locked_database_is_named_as_such(small_log: InteractionLog, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked by another program"):
        small_log.append([rated("a")])
    assert small_log.of_user(UserId("ann"), 10) == []
    other.execute("ROLLBACK")
    other.close()
    assert small_log.append([rated("a")]).new == (True,)


def test_text_that_is_not_unicode_spoils_only_its_own_request(small_log: InteractionLog) -> None:
    futures = [small_log.submit([rated(str(number))]) for number in range(5)]
    broken = small_log.submit([replace(rated("x"), user_id=UserId("\ud800"))])
    with pytest.raises(RequestInvalid):
        broken.result()
    assert all(future.result().new == (True,) for future in futures)


def test_a_closed_log_refuses_events(file: Path) -> None:
    engine = open_engine(f"sqlite:///{file}", StoreConfig())
    migrate(engine)
    log = InteractionLog(engine)
    waiting = log.submit([rated("a")])
    log.close()
    assert waiting.result().new == (True,)
    with pytest.raises(StoreUnavailable):
        log.append([rated("b")])
    engine.dispose()


@pytest.mark.parametrize("url", ["", "nonsense", "oracle://x", "mysql://x/y"])
def test_an_unknown_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(ConfigInvalid, match="database URL"):
        open_engine(url, StoreConfig())


def test_a_file_that_is_no_database_is_named(file: Path) -> None:
    file.write_bytes(b"this is no database at all" * 100)
    engine = open_engine(f"sqlite:///{file}", StoreConfig())
    with pytest.raises(StoreUnavailable, match=r"store\.db"):
        migrate(engine)
    engine.dispose()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StoreUnavailable, match="taken"):
        open_engine(f"sqlite:///{tmp_path}/taken/store.db", StoreConfig())
