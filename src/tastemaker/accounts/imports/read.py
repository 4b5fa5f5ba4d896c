"""From an uploaded file to rows, the bad lines set aside with their reasons."""

import csv
import io
from dataclasses import dataclass, replace
from enum import StrEnum

from tastemaker.accounts.imports.archive import is_archive, tables_of
from tastemaker.accounts.imports.imdb import IMDB
from tastemaker.accounts.imports.letterboxd import LETTERBOXD
from tastemaker.accounts.imports.movielens import DATA_SET, SITE
from tastemaker.accounts.imports.own import OWN
from tastemaker.accounts.imports.row import BadRow, ImportFormat, ImportRow
from tastemaker.core.errors import FileUnreadable, RequestInvalid

_FORMATS = (OWN, LETTERBOXD, IMDB, DATA_SET, SITE)


class FormatName(StrEnum):
    AUTO = "auto"
    MOVIELENS = "movielens"
    LETTERBOXD = "letterboxd"
    IMDB = "imdb"
    TASTEMAKER = "tastemaker"


@dataclass(frozen=True, slots=True)
class Rejected:
    """line: in the table, from 1. table: its name in an archive; "" for a single table."""

    line: int
    reason: str
    table: str = ""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """line and table: as above."""

    line: int
    row: ImportRow
    table: str = ""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """format: as recognised."""

    format: str
    rows: tuple[ReadRow, ...]
    rejected: tuple[Rejected, ...]


def read_file(content: bytes, file_name: str, wanted: FormatName, max_rows: int) -> ReadFile:
    """A table, or an archive of tables.

    Raises FileUnreadable (no text, no such format) and RequestInvalid (too many rows).
    """
    if not is_archive(content):
        return _read_table(content, file_name, wanted, max_rows)
    rows: list[ReadRow] = []
    rejected: list[Rejected] = []
    layout = ""
    for name, table in tables_of(content):
        read = _read_table(table, name, wanted, max_rows - len(rows) - len(rejected))
        layout = layout or read.format
        rows += [replace(row, table=name) for row in read.rows]
        rejected += [replace(bad, table=name) for bad in read.rejected]
    return ReadFile(layout, tuple(rows), tuple(rejected))


def _read_table(content: bytes, file_name: str, wanted: FormatName, max_rows: int) -> ReadFile:
    lines = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    rows: list[ReadRow] = []
    rejected: list[Rejected] = []
    try:
        columns = [name.strip().lower() for name in next(lines, [])]
        layout = _format(columns, wanted)
        for cells in lines:
            if len(rows) + len(rejected) >= max_rows:
                raise _too_long(max_rows)
            try:
                named = dict(zip(columns, cells, strict=False))
                rows.append(ReadRow(lines.line_num, _row(layout, named, file_name)))
            except BadRow as bad:
                rejected.append(Rejected(lines.line_num, str(bad)))
    except csv.Error as error:
        raise _unreadable(f"Line {lines.line_num} is not CSV: {error}") from error
    if len({read.row.owner for read in rows}) > 1:
        raise _unreadable("The file holds the ratings of several people")
    return ReadFile(layout.name, tuple(rows), tuple(rejected))


def _row(layout: ImportFormat, cells: dict[str, str], file_name: str) -> ImportRow:
    if missing := sorted(layout.columns - cells.keys()):
        raise BadRow(f"line has no {missing[0]}")
    return layout.row(cells, file_name.lower())


def _text(content: bytes) -> str:
    if b"\0" in content:
        raise _unreadable("The file is not a text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Old exports: every byte is a letter there, so that this cannot fail.
        return content.decode("latin-1")


def _format(columns: list[str], wanted: FormatName) -> ImportFormat:
    there = set(columns)
    for layout in _FORMATS:
        if wanted in (FormatName.AUTO, layout.name) and layout.columns <= there:
            return layout
    raise _unreadable("The first line does not name the columns of a known format")


def _too_long(max_rows: int) -> RequestInvalid:
    return RequestInvalid(
        f"The file has more than {max_rows} rows",
        where="body.file",
        next_step="Import it in parts.",
    )


def _unreadable(what: str) -> FileUnreadable:
    return FileUnreadable(
        what,
        where="body.file",
        next_step="Give a CSV file as MovieLens, Letterboxd, IMDb or this server writes it.",
    )
