"""The favourite genres of any user: an account's own, or told of a user without one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from tastemaker.core.account import USER_ID_PREFIX
from tastemaker.core.errors import NotFound
from tastemaker.core.ids import UserId
from tastemaker.store.account_tables import accounts
from tastemaker.store.database import Database
from tastemaker.store.instants import to_us
from tastemaker.store.slate_tables import user_genres


class UserGenres:
    """An account's genres stand with the account, and nowhere else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, user_id: UserId) -> tuple[str, ...]:
        """Empty where none were told. Raises StoreUnavailable."""
        if user_id.startswith(USER_ID_PREFIX):
            account_id = user_id.removeprefix(USER_ID_PREFIX)
            statement = select(accounts.c.favourite_genres).where(
                accounts.c.account_id == account_id
            )
        else:
            statement = select(user_genres.c.genres).where(user_genres.c.user_id == user_id)
        with self._database.reading() as connection:
            return tuple(connection.execute(statement).scalar() or ())

    def put(self, user_id: UserId, genres: Sequence[str], now: datetime) -> None:
        """In place of what was told before. Raises NotFound (no such account)."""
        if user_id.startswith(USER_ID_PREFIX):
            self._put_into_account(user_id, genres)
            return
        told = {"genres": list(genres), "at_us": to_us(now)}
        statement = self._database.insert(user_genres).values(user_id=user_id, **told)
        statement = statement.on_conflict_do_update(index_elements=["user_id"], set_=told)
        with self._database.writing() as connection:
            connection.execute(statement)

    def _put_into_account(self, user_id: UserId, genres: Sequence[str]) -> None:
        account_id = user_id.removeprefix(USER_ID_PREFIX)
        change = update(accounts).where(accounts.c.account_id == account_id)
        with self._database.writing() as connection:
            changed = connection.execute(change.values(favourite_genres=list(genres)))
            if not changed.rowcount:
                raise NotFound(f"No account '{account_id}'", where="user_id")
