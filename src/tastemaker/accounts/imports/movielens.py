"""MovieLens: `ratings.csv` of a data set, or the site's own export of one person's ratings."""

from tastemaker.accounts.imports.row import BadRow, Cells, ImportFormat, ImportRow, stars, unix_time


def _of_data_set(cells: Cells, _: str) -> ImportRow:
    return ImportRow(
        item_id=cells["movieid"].strip(),
        rating=_needed(cells["rating"]),
        watched=True,
        at=unix_time(cells.get("timestamp", "")),
        owner=cells.get("userid", ""),
    )


def _of_site(cells: Cells, _: str) -> ImportRow:
    return ImportRow(
        item_id=cells["movie_id"].strip(),
        imdb_id=cells.get("imdb_id", "").strip() or None,
        tmdb_id=cells.get("tmdb_id", "").strip() or None,
        title=cells.get("title", ""),
        rating=_needed(cells["rating"]),
        watched=True,
    )


def _needed(text: str) -> float:
    rating = stars(text)
    if rating is None:
        raise BadRow("rating is empty")
    return rating


DATA_SET = ImportFormat("movielens", frozenset({"movieid", "rating"}), _of_data_set)
SITE = ImportFormat("movielens", frozenset({"movie_id", "rating"}), _of_site)
