"""Favourite genres of users with and without an account."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from tastemaker.core.account import Account, Language
from tastemaker.core.errors import NotFound
from tastemaker.core.ids import AccountId, UserId
from tastemaker.store.accounts import AccountStore
from tastemaker.store.database import Database
from tastemaker.store.slate_tables import user_genres
from tastemaker.store.user_genres import UserGenres

NOW = datetime(2024, 6, 1, tzinfo=UTC)
ANN = UserId("Анна")


@pytest.fixture
def database(engine: Engine) -> Database:
    with engine.begin() as connection:
        connection.execute(user_genres.delete())
    return Database(engine)


def test_the_latest_word_on_a_user_counts(database: Database) -> None:
    genres = UserGenres(database)
    assert genres.of(ANN) == ()
    genres.put(ANN, ["Drama"], NOW)
    genres.put(ANN, ["Комедия", "Drama"], NOW)
    assert genres.of(ANN) == ("Комедия", "Drama")
    assert genres.of(UserId("bob")) == ()


def test_an_accounts_genres_are_those_of_its_user(database: Database) -> None:
    accounts, genres = AccountStore(database), UserGenres(database)
    before = accounts.of_name("genres of ann")
    if before is not None:
        accounts.erase(before.account)
    ann = Account(AccountId("genres"), "Ann", Language.ENGLISH, ("Drama",), False, NOW)
    assert accounts.add(ann, "genres of ann", "hash")
    assert genres.of(ann.user_id) == ("Drama",)
    genres.put(ann.user_id, ["War"], NOW)
    known = accounts.of_id(ann.account_id)
    assert known is not None
    assert known.account.favourite_genres == ("War",)
    with pytest.raises(NotFound, match="nobody"):
        genres.put(UserId("a:nobody"), ["War"], NOW)
    accounts.erase(ann)
    assert genres.of(ann.user_id) == ()
