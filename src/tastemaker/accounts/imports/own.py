"""What `GET /me/export` writes, so that it can be taken to another server."""

from tastemaker.accounts.imports.row import Cells, ImportFormat, ImportRow, day, stars, year_number

COLUMNS = (
    "item_id",
    "imdb_id",
    "tmdb_id",
    "title",
    "year",
    "rating",
    "watched",
    "on_watchlist",
    "review",
    "at",
)


def _row(cells: Cells, _: str) -> ImportRow:
    return ImportRow(
        item_id=cells["item_id"],
        imdb_id=cells["imdb_id"] or None,
        tmdb_id=cells["tmdb_id"] or None,
        title=cells["title"],
        year=year_number(cells["year"]),
        rating=stars(cells["rating"]),
        watched=cells["watched"] == "yes",
        on_watchlist=cells["on_watchlist"] == "yes",
        review=cells["review"].strip() or None,
        at=day(cells["at"]),
    )


OWN = ImportFormat("tastemaker", frozenset(COLUMNS), _row)
