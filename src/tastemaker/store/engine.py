"""Connections to the database, with the settings that keep an accepted event."""

import sqlite3
from math import ceil
from pathlib import Path
from time import monotonic
from typing import Any

from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from tastemaker.core.errors import ConfigInvalid, StoreUnavailable
from tastemaker.store.vendor_errors import translated

_READING = "tastemaker_reading"
_MAX_KEPT_WAL_BYTES = 64 * 2**20


class StoreConfig(BaseModel, frozen=True, extra="forbid"):
    url: SecretStr | None = None  # none: the file tastemaker.db in the home folder
    timeout_s: float = Field(default=5.0, gt=0, le=600)  # until a PostgreSQL server counts as away
    busy_timeout_s: float = Field(default=5.0, gt=0, le=600)  # wait for another writer's lock
    n_connections: int = Field(default=8, ge=2, le=200)


def open_engine(url: str, config: StoreConfig) -> Engine:
    """An engine whose transactions (`engine.begin()`) write and are durable when they end.

    Opens no connection yet. Raises ConfigInvalid for a URL of an unknown kind and
    StoreUnavailable where the folder of an SQLite file cannot be made.
    """
    try:
        address = make_url(url)
        if address.get_backend_name() not in ("sqlite", "postgresql"):
            raise ArgumentError("unknown kind")
        sqlite = address.get_backend_name() == "sqlite"
        settings = _sqlite_settings(config) if sqlite else _postgresql_settings(config)
        limited = address if sqlite else _with_limits(address, config.timeout_s)
        engine = create_engine(limited, pool_size=config.n_connections, **settings)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigInvalid(
            "The database URL cannot be used",
            where="store.url",
            next_step="Give sqlite:///FILE or postgresql://USER@HOST/NAME "
            "(the latter needs the extra tastemaker[postgres]).",
        ) from error
    if sqlite:
        _prepare_sqlite(engine, config)
    return engine


def reader(engine: Engine) -> Engine:
    """The same connections for single reading statements, without a transaction around them."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_READING: True})
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def limit_silence(engine: Engine, limit_s: float) -> None:
    """From now on a server that says nothing for longer counts as away. For a process that must
    answer meanwhile: others wait, since a long statement says nothing either."""
    if engine.dialect.name == "postgresql":
        from tastemaker.store import silence

        silence.limit_silence(engine, limit_s, monotonic)


def _with_limits(address: URL, timeout_s: float) -> URL:
    """What the URL says itself counts."""
    # The driver counts in whole seconds, and takes one for two.
    limits = {
        "connect_timeout": str(ceil(timeout_s)),
        "tcp_user_timeout": f"{timeout_s * 1000:.0f}",
    }
    return address.set(query={**limits, **address.query})


def _postgresql_settings(config: StoreConfig) -> dict[str, Any]:
    return {"pool_pre_ping": True, "pool_timeout": config.timeout_s}


def _sqlite_settings(config: StoreConfig) -> dict[str, Any]:
    # isolation_level None: the driver opens no transactions of its own, `_begin` below does.
    arguments = {"timeout": config.busy_timeout_s, "isolation_level": None}
    return {"connect_args": arguments}


def _prepare_sqlite(engine: Engine, config: StoreConfig) -> None:
    file = engine.url.database or ""
    try:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(
            f"No folder for the database: {error.strerror}",
            where=str(Path(file).parent),
            next_step="Choose a folder that can be written.",
        ) from error

    def connected(connection: sqlite3.Connection, _: object) -> None:
        with translated(file):
            connection.execute(f"PRAGMA busy_timeout = {int(config.busy_timeout_s * 1000)}")
            connection.execute("PRAGMA journal_mode = WAL")
            # FULL: a commit is on the disk when it returns, so it survives a power cut.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA journal_size_limit = {_MAX_KEPT_WAL_BYTES}")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", _begin)


def _begin(connection: Connection) -> None:
    # IMMEDIATE takes the write lock at once: a lock taken in mid-transaction could not wait.
    if not connection.get_execution_options().get(_READING):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
