import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

import tastemaker.store.migrate
from tastemaker.core.errors import StoreUnavailable
from tastemaker.store.all_tables import metadata
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import HEAD, migrate


def test_a_migrated_database_is_what_the_code_expects(engine: Engine) -> None:
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_known_head_is_the_newest_migration() -> None:
    config = Config()
    folder = Path(tastemaker.store.migrate.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_processes_that_start_together_all_succeed(tmp_path: Path) -> None:
    starting = [
        subprocess.Popen([sys.executable, "-c", _start(tmp_path / "store.db")]) for _ in range(3)
    ]
    assert [process.wait(timeout=60) for process in starting] == [0, 0, 0]


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.close()
    engine = open_engine(f"sqlite:///{file}", StoreConfig())
    with pytest.raises(StoreUnavailable, match="newer version"):
        migrate(engine)
    engine.dispose()


def test_a_second_start_does_not_load_the_migration_tool(tmp_path: Path) -> None:
    start = _start(tmp_path / "store.db") + "; import sys; sys.exit('alembic' in sys.modules)"
    run = [subprocess.run([sys.executable, "-c", start], check=False) for _ in range(2)]
    assert [process.returncode for process in run] == [1, 0]


def _start(file: Path) -> str:
    return (
        "from tastemaker.store.engine import StoreConfig, open_engine; "
        "from tastemaker.store.migrate import migrate; "
        f"migrate(open_engine('sqlite:///{file}', StoreConfig()))"
    )
