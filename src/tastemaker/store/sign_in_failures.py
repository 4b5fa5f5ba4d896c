"""Failed sign-ins of the last minutes, so that guessing is slow whatever process answers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from tastemaker.store.account_tables import sign_in_failures
from tastemaker.store.database import Database
from tastemaker.store.instants import from_us, to_us


class SignInFailureStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, keys: Sequence[str], start: datetime) -> dict[str, tuple[int, datetime]]:
        """For each key that has failed after `start`: how often, and when first."""
        column = sign_in_failures.c
        statement = (
            select(column.key, func.count(), func.min(column.at_us))
            .where(column.key.in_(keys), column.at_us > to_us(start))
            .group_by(column.key)
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        return {key: (n_failures, from_us(first_us)) for key, n_failures, first_us in rows}

    def add(self, keys: Sequence[str], at: datetime, forget_before: datetime) -> None:
        """One failure for each key; those older than `forget_before` are forgotten."""
        rows = [{"key": key, "at_us": to_us(at)} for key in keys]
        old = sign_in_failures.c.at_us < to_us(forget_before)
        with self._database.writing() as connection:
            connection.execute(delete(sign_in_failures).where(old))
            connection.execute(insert(sign_in_failures), rows)

    def clear(self, keys: Sequence[str]) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(sign_in_failures).where(sign_in_failures.c.key.in_(keys)))
