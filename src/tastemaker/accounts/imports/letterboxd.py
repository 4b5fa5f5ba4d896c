"""Letterboxd: `ratings.csv`, `watched.csv`, `watchlist.csv`, `diary.csv` or `reviews.csv`."""

from tastemaker.accounts.imports.row import (
    BadRow,
    Cells,
    ImportFormat,
    ImportRow,
    day,
    stars,
    year_number,
)


def _row(cells: Cells, file_name: str) -> ImportRow:
    if not cells["name"].strip():
        raise BadRow("name is empty")
    # The list of films to watch has the same columns as the list of films watched.
    on_watchlist = "watchlist" in file_name
    return ImportRow(
        title=cells["name"],
        year=year_number(cells["year"]),
        rating=stars(cells.get("rating", "")),
        watched=not on_watchlist,
        on_watchlist=on_watchlist,
        review=cells.get("review", "").strip() or None,
        at=day(cells.get("watched date", "") or cells["date"]),
    )


LETTERBOXD = ImportFormat("letterboxd", frozenset({"date", "name", "year", "letterboxd uri"}), _row)
