"""How much room the database takes."""

from pathlib import Path

from sqlalchemy import Engine, text

from tastemaker.store.engine import reader
from tastemaker.store.vendor_errors import translated


def database_bytes(engine: Engine) -> int:
    """With what is written and not merged yet. Raises StoreUnavailable."""
    if engine.dialect.name == "sqlite":
        return sqlite_bytes(Path(engine.url.database or ""))
    where = engine.url.render_as_string(hide_password=True)
    with translated(where), reader(engine).connect() as connection:
        size = text("SELECT pg_database_size(current_database())")
        return int(connection.execute(size).scalar_one())


def sqlite_bytes(file: Path) -> int:
    return file_bytes(file) + file_bytes(file.with_name(f"{file.name}-wal"))


def file_bytes(file: Path) -> int:
    """0 where there is none."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def folder_bytes(folder: Path) -> int:
    """Of all files in it; one that goes away meanwhile counts nothing."""
    return sum(file_bytes(file) for file in folder.rglob("*") if file.is_file())
