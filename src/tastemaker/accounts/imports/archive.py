"""The tables in an uploaded zip archive, as Letterboxd and this server's own export make it."""

import io
import zipfile
import zlib

from tastemaker.core.errors import FileUnreadable, RequestInvalid

_WANTED = ("items.csv", "watched.csv", "ratings.csv", "diary.csv", "reviews.csv", "watchlist.csv")
_MAX_TABLE_BYTES = 32 * 2**20
"""Of one table, unpacked: a small archive may hold endless zeros."""
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError)


def is_archive(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def tables_of(content: bytes) -> list[tuple[str, bytes]]:
    """Names and contents of the tables that hold a person's films; folders are not looked into.

    Raises FileUnreadable (broken, encrypted, no such table) and RequestInvalid (a huge table).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            there = set(archive.namelist())
            tables = [(name, _unpacked(archive, name)) for name in _WANTED if name in there]
    except _BROKEN as error:
        raise _unreadable("The archive is broken or encrypted") from error
    if not tables:
        raise _unreadable("The archive holds no table of films")
    return tables


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    """Reads no further than the bound, whatever the archive says of its sizes."""
    with archive.open(name) as packed:
        table = packed.read(_MAX_TABLE_BYTES + 1)
    if len(table) > _MAX_TABLE_BYTES:
        raise RequestInvalid(
            f"{name} is longer than {_MAX_TABLE_BYTES // 2**20} MiB",
            where="body.file",
            next_step="Import it in parts.",
        )
    return table


def _unreadable(what: str) -> FileUnreadable:
    return FileUnreadable(
        what,
        where="body.file",
        next_step=f"Give an export as it was downloaded, with any of {', '.join(_WANTED)}.",
    )
