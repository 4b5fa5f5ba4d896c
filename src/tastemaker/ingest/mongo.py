"""The collections of a film service in MongoDB: films, and what people did with them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from tastemaker.core.errors import ConfigInvalid, StoreUnavailable
from tastemaker.core.interaction import Action
from tastemaker.core.item import ItemKind
from tastemaker.ingest.cells import NumberedRow, chunk_of_rows
from tastemaker.ingest.columns import ColumnMap, ItemColumnMap
from tastemaker.ingest.interactions import InteractionTable
from tastemaker.ingest.items import MappedItems
from tastemaker.ingest.raw import RawChunk
from tastemaker.ingest.source import Source

Document = dict[str, Any]

_ROWS_A_CHUNK = 50_000
_TIMEOUT_S = 10.0
_DATABASE = "tastemaker"
_RATING_SCALE = 10.0

_EVENTS = ColumnMap(
    user="user_id",
    item="movie_id",
    action="action",
    value="value",
    at="at",
    item_kind=ItemKind.MOVIE,
)
_FILMS = ItemColumnMap(
    item="_id",
    title="title",
    year="year",
    genres="genres",
    description="description",
    imdb_id="imdb_id",
    tmdb_id="tmdb_id",
    kind=ItemKind.MOVIE,
)


def is_mongo(location: str) -> bool:
    return location.startswith(("mongodb://", "mongodb+srv://"))


def mongo_source(url: str, max_rating: float = 5.0) -> Source:
    """Of `movies`, `watched_movies`, `likes` and `bookmarks`. Opens no connection yet.

    max_rating: of the data set; a like's rating counts up to 10. Raises ConfigInvalid.
    """
    scale = max_rating / _RATING_SCALE
    readers: dict[str, Reader] = {
        "watched_movies": _watched,
        "likes": lambda document: _rated(document, scale),
        "bookmarks": lambda document: {**document, "action": Action.BOOKMARK.value},
    }
    events = MongoTable(url, readers)
    films = MongoTable(url, {"movies": lambda document: document})
    return Source(events.where, InteractionTable(events, _EVENTS), MappedItems(films, _FILMS))


Reader = Callable[[Document], Document]
"""From a document to the cells of a row; None in a cell whose value makes no sense."""


@dataclass(frozen=True, slots=True)
class MongoTable:
    """readers: by collection, read one after the other in the order of `_id`."""

    url: str
    readers: Mapping[str, Reader]

    @property
    def where(self) -> str:
        parts = urlsplit(self.url)
        return f"mongodb://{parts.netloc.rpartition('@')[2]}/{parts.path.strip('/') or _DATABASE}"

    def chunks(self, wanted: Mapping[str, str]) -> Iterator[RawChunk]:
        """A line is the number of the document. What a collection lacks is empty in its rows."""
        number = 0
        with self._database() as database:
            n_all = sum(database[name].estimated_document_count() for name in self.readers)
            for name, reader in self.readers.items():
                documents = iter(database[name].find(sort=[("_id", 1)]))
                while some := list(islice(documents, _ROWS_A_CHUNK)):
                    rows = [
                        NumberedRow(number + at, f"{name}: {document}", reader(document))
                        for at, document in enumerate(some, 1)
                    ]
                    number += len(some)
                    yield chunk_of_rows(rows, wanted, min(number / max(n_all, number), 1.0))
        yield chunk_of_rows([], wanted, 1.0)

    @contextmanager
    def _database(self) -> Iterator[Any]:
        try:
            from bson.errors import BSONError
            from pymongo import MongoClient
            from pymongo.errors import PyMongoError
        except ModuleNotFoundError as error:
            raise ConfigInvalid(
                "The package pymongo is not installed",
                where="data.source",
                next_step="Install the extra: pip install 'tastemaker[mongo]'.",
            ) from error
        try:
            with MongoClient[Document](
                self.url,
                tz_aware=True,
                serverSelectionTimeoutMS=int(_TIMEOUT_S * 1000),
                # One document with a broken text or date costs its row, not the ingest.
                unicode_decode_error_handler="replace",
                datetime_conversion="DATETIME_AUTO",
            ) as client:
                yield client.get_default_database(_DATABASE)
        except (PyMongoError, BSONError) as error:
            raise StoreUnavailable(
                f"MongoDB cannot be read: {str(error).splitlines()[0][:200]}",
                where=self.where,
                next_step="Check the address, that the server runs and may be read.",
            ) from error


def _watched(document: Document) -> Document:
    """Not finished counts as played."""
    actions = {True: Action.WATCHED.value, False: Action.PLAY.value}
    finished = document.get("finished")
    return {**document, "action": actions[finished] if isinstance(finished, bool) else None}


def _rated(document: Document, scale: float) -> Document:
    """A rating that is no number is handed on as it stands: the row's reason names it."""
    rating = document.get("rating")
    if isinstance(rating, int | float) and not isinstance(rating, bool):
        rating = rating * scale
    return {**document, "action": Action.RATE.value, "value": rating}
