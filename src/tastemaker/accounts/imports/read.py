"""From an uploaded file to rows, the bad lines set aside with their reasons."""

import csv
import io
from dataclasses import dataclass
from enum import StrEnum

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
    """line: in the file, from 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """format: as recognised. rows: with their line."""

    format: str
    rows: tuple[tuple[int, ImportRow], ...]
    rejected: tuple[Rejected, ...]


def read_file(content: bytes, file_name: str, wanted: FormatName, max_rows: int) -> ReadFile:
    """Raises FileUnreadable (no text, no such format) and RequestInvalid (too many rows)."""
    lines = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    rows: list[tuple[int, ImportRow]] = []
    rejected: list[Rejected] = []
    try:
        columns = [name.strip().lower() for name in next(lines, [])]
        layout = _format(columns, wanted)
        for cells in lines:
            if len(rows) + len(rejected) >= max_rows:
                raise _too_long(max_rows)
            try:
                named = dict(zip(columns, cells, strict=False))
                rows.append((lines.line_num, _row(layout, named, file_name)))
            except BadRow as bad:
                rejected.append(Rejected(lines.line_num, str(bad)))
    except csv.Error as error:
        raise _unreadable(f"Line {lines.line_num} is not CSV: {error}") from error
    if len({row.owner for _, row in rows}) > 1:
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
