"""Errors of the database drivers, in the platform's own terms."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from tastemaker.core.errors import DiskFull, RequestInvalid, StoreUnavailable, TastemakerError

_PRIMARY_CODE = 0xFF
_POSTGRES_DISK_FULL = "53100"


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raises DiskFull or StoreUnavailable for the database's failures, RequestInvalid for values
    it cannot hold. where: the database, as shown to the reader (no password)."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise _typed(error, where) from error
    except UnicodeEncodeError as error:
        raise RequestInvalid("A text is not valid Unicode", where=where) from error


def _typed(error: SQLAlchemyError | sqlite3.Error, where: str) -> TastemakerError:
    cause = error.orig if isinstance(error, DBAPIError) else error
    sqlite_code = getattr(cause, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if sqlite_code == sqlite3.SQLITE_FULL or _sqlstate(cause) == _POSTGRES_DISK_FULL:
        return DiskFull(
            "No space left for the database",
            where=where,
            next_step="Free some space; what was accepted before is safe.",
        )
    if sqlite_code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreUnavailable(
            "The database is locked by another program",
            where=where,
            next_step="Try again; if it stays so, find the program that holds the file open.",
        )
    if isinstance(error, DataError | IntegrityError):
        return RequestInvalid("The database cannot hold a value", where=where)
    return StoreUnavailable(
        "The database does not answer",
        where=f"{where}: {str(cause).splitlines()[0]}",
        next_step="Check that it is there, runs and may be written.",
    )


def _sqlstate(cause: BaseException | None) -> str | None:
    return getattr(cause, "sqlstate", None)
