"""People, a clock that can be moved, and a small catalogue, on an empty database."""

import itertools
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from tastemaker.accounts.config import AccountsConfig
from tastemaker.accounts.own_items import OwnItems
from tastemaker.accounts.passwords import Passwords
from tastemaker.accounts.registry import Registry
from tastemaker.accounts.sign_in import SignIn
from tastemaker.accounts.throttle import Throttle
from tastemaker.ingest.catalogue import CATALOGUE_SCHEMA, Catalogue
from tastemaker.store.accounts import AccountStore
from tastemaker.store.all_tables import metadata
from tastemaker.store.database import Database
from tastemaker.store.devices import DeviceStore
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.marks import MarkStore
from tastemaker.store.migrate import migrate
from tastemaker.store.reviews import ReviewStore
from tastemaker.store.sign_in_failures import SignInFailureStore

POSTGRES_URL = "TASTEMAKER_TEST_POSTGRES_URL"
_CHEAP = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
"""Real argon2 at its lowest cost: the tests sign in often."""


class MovableClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class People:
    """Everything of the accounts, wired on one database."""

    def __init__(self, database: Database, config: AccountsConfig) -> None:
        numbers = itertools.count(1)
        self.clock = MovableClock()
        self.config = config

        def new_id() -> str:
            return f"id{next(numbers)}"

        passwords = Passwords(config.min_password_length, _CHEAP)
        store = AccountStore(database)
        self.registry = Registry(store, passwords, config, self.clock, new_id)
        self.sign_in = SignIn(
            accounts=store,
            devices=DeviceStore(database),
            passwords=passwords,
            throttle=Throttle(SignInFailureStore(database), config),
            config=config,
            clock=self.clock,
            new_token=new_id,
            new_id=new_id,
        )
        self.own_items = OwnItems(
            database,
            MarkStore(database, new_id),
            ReviewStore(database),
            config,
            self.clock,
            new_id,
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def people(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[People]:
    url = f"sqlite:///{tmp_path}/store.db"
    if request.param == "postgresql":
        url = os.environ.get(POSTGRES_URL, "")
        if not url:
            pytest.skip(f"{POSTGRES_URL} names no database to test with")
    engine = open_engine(url, StoreConfig())
    migrate(engine)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    config = AccountsConfig(max_failures=3, max_review_characters=1_000)
    yield People(Database(engine), config)
    engine.dispose()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    films = [
        ("1", "Toy Story", 1995, "0114709", "862"),
        ("2", "The Matrix", 1999, "0133093", "603"),
        ("3", "Amélie", 2001, "0211915", "194"),
        ("4", "Hamlet", 1996, "0116477", None),
        ("5", "Hamlet", 2000, "0171359", None),
    ]
    rows = [
        {
            "item_id": item_id,
            "kind": "movie",
            "title": title,
            "year": year,
            "genres": ["Drama"],
            "description": "",
            "tags": [],
            "imdb_id": imdb_id,
            "tmdb_id": tmdb_id,
            "available": True,
            "n_events": 1,
            "n_ratings": 1,
            "mean_rating": 4.0,
        }
        for item_id, title, year, imdb_id, tmdb_id in films
    ]
    return Catalogue.of_frame(pl.DataFrame(rows, schema=CATALOGUE_SCHEMA))
