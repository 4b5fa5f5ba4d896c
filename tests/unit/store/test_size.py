import os
from pathlib import Path

import pytest

from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import migrate
from tastemaker.store.size import database_bytes, folder_bytes
from tests.conftest import POSTGRES_URL


def test_an_embedded_database_takes_what_its_files_take(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/t.db", StoreConfig())
    assert database_bytes(engine) == 0
    migrate(engine)
    assert database_bytes(engine) >= 4096
    engine.dispose()


@pytest.mark.skipif(POSTGRES_URL not in os.environ, reason="no PostgreSQL")
def test_a_server_is_asked_for_its_size() -> None:
    engine = open_engine(os.environ[POSTGRES_URL], StoreConfig())
    assert database_bytes(engine) > 1_000_000
    engine.dispose()


def test_a_folder_counts_all_in_it_and_nothing_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(b"12345")
    assert folder_bytes(tmp_path / "a") == 5
    assert folder_bytes(tmp_path / "none") == 0
