"""A generated world as the collections of a film service in MongoDB."""

import polars as pl

from tastemaker.core.errors import ConfigInvalid, Conflict, StoreUnavailable
from tastemaker.synthesis.world import World

_DOCUMENTS_A_WRITE = 10_000
_DATABASE = "tastemaker"


def write_mongo(world: World, url: str, timeout_s: float = 10.0) -> None:
    """users, movies, watched_movies, likes, bookmarks. timeout_s: until the server counts as away.

    Raises Conflict where one of the collections has documents, StoreUnavailable, ConfigInvalid.
    """
    try:
        from pymongo import MongoClient
        from pymongo.errors import PyMongoError
    except ModuleNotFoundError as error:
        raise ConfigInvalid(
            "The package pymongo is not installed",
            next_step="Install the extra: pip install 'tastemaker[mongo]'.",
        ) from error
    collections = {
        "users": world.users.rename({"user_id": "_id"}),
        "movies": world.movies.rename({"movie_id": "_id"}),
        "watched_movies": world.watched,
        "likes": world.likes,
        "bookmarks": world.bookmarks,
    }
    try:
        with MongoClient[dict[str, object]](
            url, serverSelectionTimeoutMS=int(timeout_s * 1000)
        ) as client:
            database = client.get_default_database(_DATABASE)
            taken = [name for name in collections if database[name].find_one() is not None]
            if taken:
                raise Conflict(
                    f"The database has documents in {', '.join(taken)}",
                    next_step="Name an empty database.",
                )
            for name, frame in collections.items():
                for part in frame.iter_slices(_DOCUMENTS_A_WRITE):
                    database[name].insert_many(_documents(part))
    except PyMongoError as error:
        raise StoreUnavailable(
            f"MongoDB does not take it: {str(error).splitlines()[0][:200]}",
            next_step="Check the address, that the server runs and takes writes.",
        ) from error


def _documents(part: pl.DataFrame) -> list[dict[str, object]]:
    return part.to_dicts()
