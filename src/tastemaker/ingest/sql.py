"""The rows of a query, streamed from any database that SQLAlchemy reaches."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from tastemaker.core.errors import ColumnMissing, StoreUnavailable
from tastemaker.ingest.cells import NumberedRow, chunk_of_rows
from tastemaker.ingest.raw import RawChunk

ROWS_A_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class SqlTable:
    """url: as SQLAlchemy reads it. query: one SELECT, run in a transaction that is rolled back."""

    url: str
    query: str

    @property
    def where(self) -> str:
        try:
            return make_url(self.url).render_as_string(hide_password=True)
        except ArgumentError:
            return "the address of the database"

    def chunks(self, wanted: Mapping[str, str]) -> Iterator[RawChunk]:
        """The number of rows is not known beforehand: every fraction but the last is 0."""
        try:
            yield from self._chunks(wanted)
        except (SQLAlchemyError, ImportError) as error:
            raise StoreUnavailable(
                f"The query failed: {str(error).splitlines()[0]}",
                where=self.where,
                next_step="Check the address, that the database runs, and the query.",
            ) from error

    def _chunks(self, wanted: Mapping[str, str]) -> Iterator[RawChunk]:
        with _engine(self.url).connect() as connection:
            streaming = connection.execution_options(yield_per=ROWS_A_CHUNK)
            result = streaming.execute(text(self.query))
            self._check_columns(list(result.keys()), wanted)
            first = 1
            for part in result.mappings().partitions():
                numbered = [
                    NumberedRow(first + at, str(row), dict(row)) for at, row in enumerate(part)
                ]
                yield chunk_of_rows(numbered, wanted, 0.0)
                first += len(part)
            yield chunk_of_rows([], wanted, 1.0)

    def _check_columns(self, names: list[str], wanted: Mapping[str, str]) -> None:
        missing = sorted(set(wanted.values()) - set(names))
        if missing:
            raise ColumnMissing(
                f"No column {', '.join(map(repr, missing))} in the answer to the query",
                where=self.where,
                next_step=f"Choose among {', '.join(map(repr, names[:30]))}.",
            )


def _engine(url: str) -> Engine:
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        _check_file(engine.url)
        event.listen(engine, "connect", _keep_undecodable_bytes)
    return engine


def _check_file(url: URL) -> None:
    """SQLite would make an empty database of a misspelt path."""
    file = url.database
    if file and not file.startswith(("file:", ":memory:")) and not Path(file).is_file():
        raise StoreUnavailable("No such database file", where=file, next_step="Check the path.")


def _keep_undecodable_bytes(connection: sqlite3.Connection, _record: object) -> None:
    """Text that is not UTF-8 costs its row then, not the whole query."""

    def decoded(value: bytes) -> str | bytes:
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value

    connection.text_factory = decoded
