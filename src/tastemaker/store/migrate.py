"""Bring the database to the shape this version needs."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from tastemaker.core.errors import StoreNewer
from tastemaker.store.engine import reader
from tastemaker.store.vendor_errors import translated

HEAD = "0005"
"""The newest migration, known without importing Alembic."""

_LOCK_KEY = 7_366_294


def migrate(engine: Engine) -> None:
    """Run the missing migrations in one transaction; cheap where none is missing.

    Two processes that start together are safe: the second waits and finds nothing to do. Raises
    StoreUnavailable, and StoreNewer where a newer version of the platform has written the
    database.
    """
    where = engine.url.render_as_string(hide_password=True)
    with translated(where):
        if _revision(engine) != HEAD:
            _upgrade(engine, where)


def _revision(engine: Engine) -> str | None:
    with reader(engine).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(engine: Engine, where: str) -> None:
    # Alembic takes a good part of a second to import: only a start that needs it pays.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise StoreNewer(
            "The database was written by a newer version",
            where=where,
            next_step="Install the newest tastemaker, or choose another database.",
        ) from error
