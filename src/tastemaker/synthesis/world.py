"""People, films and what they did, as the tables of a film service."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from pydantic import BaseModel, Field

from tastemaker.synthesis.draws import Draws, draw
from tastemaker.synthesis.films import films, genre_of

_BEGIN_S = 1_700_000_000
_YEAR_S = 365 * 86_400
_STATED = pl.Series(["watched", "like", "bookmark"])
_SHARES = (0.7, 0.2, 0.1)
_FINISHED = 0.8
_RATING_OF_TASTE, _RATING_ELSEWHERE = (6, 10), (1, 7)


class WorldConfig(BaseModel, frozen=True, extra="forbid"):
    n_users: int = Field(default=1_000, ge=1, le=10_000_000)
    n_items: int = Field(default=500, ge=1, le=1_000_000)
    n_tastes: int = Field(default=10, ge=1, le=10_000)  # groups of films; each person has one
    events_a_user: int = Field(default=20, ge=1, le=10_000)  # drawn; the same film counts once
    share_of_taste: float = Field(default=0.7, ge=0, le=1)  # of events inside the own group
    seed: int = Field(default=0, ge=0)


@dataclass(frozen=True, slots=True)
class World:
    """users: user_id, taste (the number of the group of films), favourite_genre. movies: movie_id,
    title, year, genres. watched: user_id, movie_id, finished, at. likes: user_id, movie_id, rating
    (1 to 10), at. bookmarks: user_id, movie_id, at. Each in the order of time."""

    users: pl.DataFrame
    movies: pl.DataFrame
    watched: pl.DataFrame
    likes: pl.DataFrame
    bookmarks: pl.DataFrame

    @property
    def n_events(self) -> int:
        return len(self.watched) + len(self.likes) + len(self.bookmarks)

    def interactions(self) -> pl.DataFrame:
        """user_id, item_id, action, value (stars of five), at."""
        action = pl.when("finished").then(pl.lit("watched")).otherwise(pl.lit("play"))
        parts = [
            self.watched.with_columns(action=action, value=pl.lit(None, pl.Float64)),
            self.likes.with_columns(action=pl.lit("rate"), value=pl.col("rating") / 2),
            self.bookmarks.with_columns(action=pl.lit("bookmark"), value=pl.lit(None, pl.Float64)),
        ]
        names = ("user_id", "item_id", "action", "value", "at")
        return pl.concat([part.rename({"movie_id": "item_id"}).select(names) for part in parts])


def generate(config: WorldConfig) -> World:
    """The same configuration gives the same world."""
    rng = np.random.default_rng(config.seed)
    n_groups = min(config.n_tastes, config.n_items)
    drawn = draw(
        config.n_users, config.n_items, n_groups, config.events_a_user, config.share_of_taste, rng
    )
    movies = films(config.n_items, n_groups, rng)
    events = _events(drawn, n_groups, rng)
    users = pl.DataFrame(
        {
            "user_id": [f"u{user}" for user in range(config.n_users)],
            "taste": drawn.taste,
            "favourite_genre": [genre_of(int(taste)) for taste in drawn.taste],
        }
    )
    of_kind = {kind: events.filter(pl.col("kind") == kind) for kind in _STATED}
    both = [pl.col("user_id"), pl.col("movie_id")]
    return World(
        users=users,
        movies=movies,
        watched=of_kind["watched"].select(*both, "finished", "at"),
        likes=of_kind["like"].select(*both, "rating", "at"),
        bookmarks=of_kind["bookmark"].select(*both, "at"),
    )


def _events(drawn: Draws, n_groups: int, rng: np.random.Generator) -> pl.DataFrame:
    """Each film of a person once, the earliest, in the order of time."""
    n = len(drawn.user)
    is_of_taste = drawn.item % n_groups == drawn.taste[drawn.user]
    low = np.where(is_of_taste, _RATING_OF_TASTE[0], _RATING_ELSEWHERE[0])
    high = np.where(is_of_taste, _RATING_OF_TASTE[1], _RATING_ELSEWHERE[1])
    at_s = _BEGIN_S + (_YEAR_S * drawn.share_of_year).astype(np.int64)
    drawn_events = pl.DataFrame(
        {
            "user_id": pl.Series(drawn.user),
            "movie_id": pl.Series(drawn.item),
            "kind": _STATED.gather(rng.choice(len(_STATED), size=n, p=_SHARES)),
            "finished": rng.random(n) < _FINISHED,
            "rating": rng.integers(low, high + 1),
            "at": pl.Series(at_s * 1_000_000).cast(pl.Datetime("us", "UTC")),
        }
    )
    ordered = drawn_events.sort("at", "user_id", "movie_id")
    once = ordered.unique(["user_id", "movie_id"], keep="first", maintain_order=True)
    return once.with_columns(
        pl.format("u{}", "user_id").alias("user_id"),
        pl.format("m{}", "movie_id").alias("movie_id"),
    )
