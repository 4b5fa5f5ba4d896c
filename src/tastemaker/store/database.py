"""The database as the stores use it: a connection for reading, a transaction for writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite

from tastemaker.store.engine import reader
from tastemaker.store.vendor_errors import translated


class Database:
    """Raises StoreUnavailable, DiskFull and RequestInvalid in place of the drivers' errors."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = reader(engine)
        self._where = engine.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with translated(self._where), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Durable at the end of the block; nothing of it happens where it raises."""
        with translated(self._where), self._engine.begin() as connection:
            yield connection

    def insert(self, table: Table) -> Any:
        """An insert that can say what happens on a conflict, in the database's own dialect."""
        if self._engine.dialect.name == "sqlite":
            return sqlite.insert(table)
        return postgresql.insert(table)
