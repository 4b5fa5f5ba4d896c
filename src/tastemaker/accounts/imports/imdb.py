"""IMDb: the export of one's ratings or of one's watchlist."""

from tastemaker.accounts.imports.row import (
    BadRow,
    Cells,
    ImportFormat,
    ImportRow,
    day,
    stars,
    year_number,
)

_FULL_MARKS = 10


def _row(cells: Cells, _: str) -> ImportRow:
    if not cells["const"].strip():
        raise BadRow("const is empty")
    rating = stars(cells["your rating"], _FULL_MARKS)
    return ImportRow(
        imdb_id=cells["const"].strip(),
        title=cells["title"],
        year=year_number(cells.get("year", "")),
        rating=rating,
        watched=rating is not None,
        on_watchlist="position" in cells,
        at=day(cells.get("date rated", "") or cells.get("created", "")),
    )


IMDB = ImportFormat("imdb", frozenset({"const", "title", "your rating"}), _row)
