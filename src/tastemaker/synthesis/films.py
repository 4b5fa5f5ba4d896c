"""Films that nobody made: a title, a year, genres."""

import numpy as np
import polars as pl

GENRES = (
    "Action",
    "Adventure",
    "Animation",
    "Children",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
)
_WHICH = ("Last", "Silent", "Golden", "Hidden", "Northern", "Second", "Broken", "Paper", "Distant")
_WHAT = (
    "Harbour",
    "Garden",
    "Letter",
    "Summer",
    "Bridge",
    "Winter",
    "Station",
    "Island",
    "Promise",
)
_FIRST_YEAR, _LAST_YEAR = 1950, 2025
_SHARE_WITH_SECOND_GENRE = 0.4


def films(n_items: int, n_groups: int, rng: np.random.Generator) -> pl.DataFrame:
    """movie_id, title, year, genres: the first genre is that of the item's group."""
    second = rng.integers(len(GENRES), size=n_items)
    has_second = rng.random(n_items) < _SHARE_WITH_SECOND_GENRE
    which, what = (rng.integers(len(words), size=n_items) for words in (_WHICH, _WHAT))
    year = rng.integers(_FIRST_YEAR, _LAST_YEAR + 1, size=n_items)
    genres = []
    for item in range(n_items):
        of_film = [genre_of(item % n_groups)]
        if has_second[item]:
            of_film.append(GENRES[second[item]])
        genres.append(list(dict.fromkeys(of_film)))
    return pl.DataFrame(
        {
            "movie_id": [f"m{item}" for item in range(n_items)],
            "title": [
                f"The {_WHICH[one]} {_WHAT[other]} {item}"
                for item, (one, other) in enumerate(zip(which, what, strict=True))
            ],
            "year": year,
            "genres": genres,
        }
    )


def genre_of(group: int) -> str:
    """Several groups may lie in one genre: a taste is finer than that."""
    return GENRES[group % len(GENRES)]
