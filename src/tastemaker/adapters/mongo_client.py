"""A connection to MongoDB, which is given up soon where the server is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from bson.errors import InvalidStringData
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError

from tastemaker.core.errors import EnvironmentProblem, RequestInvalid

DEFAULT_DATABASE = "tastemaker"

Document = dict[str, Any]


def connect(url: str, timeout_s: float) -> MongoClient[Document]:
    """Opens no connection yet. timeout_s: of a request, whatever the driver tries again in it."""
    timeout_ms = int(timeout_s * 1000)
    return MongoClient(
        url,
        tz_aware=True,
        timeoutMS=timeout_ms,
        serverSelectionTimeoutMS=timeout_ms,
        connectTimeoutMS=timeout_ms,
    )


def database_of(client: MongoClient[Document]) -> Database[Document]:
    """The one that the URL names."""
    return client.get_default_database(DEFAULT_DATABASE)


def address(url: str) -> str:
    """Without user and password."""
    return f"mongodb://{urlsplit(url).netloc.rpartition('@')[2]}"


@contextmanager
def mongo_errors(where: str, away: type[EnvironmentProblem]) -> Iterator[None]:
    try:
        yield
    except (InvalidStringData, UnicodeEncodeError) as error:
        raise RequestInvalid("A text is not valid Unicode", where=where) from error
    except PyMongoError as error:
        raise away(
            "MongoDB does not answer as it should",
            where=f"{where}: {str(error).splitlines()[0][:200]}",
            next_step="Check that it runs, may be reached and takes writes.",
        ) from error
