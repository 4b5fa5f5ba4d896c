"""Accounts: who they are and how their password is checked."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from tastemaker.core.account import Account, Language
from tastemaker.core.ids import AccountId
from tastemaker.store.account_picture_table import account_pictures
from tastemaker.store.account_tables import accounts
from tastemaker.store.database import Database
from tastemaker.store.instants import from_us, to_us
from tastemaker.store.interaction_table import interactions

PICTURE_HASH = (
    select(account_pictures.c.hash)
    .where(account_pictures.c.account_id == accounts.c.account_id)
    .correlate(accounts)
    .scalar_subquery()
    .label("picture_hash")
)
"""Beside the columns of `accounts`."""


@dataclass(frozen=True, slots=True)
class Credentials:
    account: Account
    password_hash: str


class AccountStore:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, account: Account, name_key: str, password_hash: str) -> bool:
        """False, and nothing changes, where the name is taken."""
        row = _row(account) | {"name_key": name_key, "password_hash": password_hash}
        statement = self._database.insert(accounts).values(row).on_conflict_do_nothing()
        with self._database.writing() as connection:
            added = connection.execute(statement.returning(accounts.c.account_id))
            return added.first() is not None

    def of_name(self, name_key: str) -> Credentials | None:
        return self._one(accounts.c.name_key == name_key)

    def of_id(self, account_id: AccountId) -> Credentials | None:
        return self._one(accounts.c.account_id == account_id)

    def count(self) -> int:
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(accounts)).scalar_one()

    def replace(self, account: Account, name_key: str) -> bool:
        """Everything but the password. False where another account has the name."""
        taken = select(accounts.c.account_id).where(
            accounts.c.name_key == name_key, accounts.c.account_id != account.account_id
        )
        change = update(accounts).where(accounts.c.account_id == account.account_id)
        with self._database.writing() as connection:
            if connection.execute(taken).first():
                return False
            connection.execute(change.values(_row(account) | {"name_key": name_key}))
            return True

    def set_password(self, account_id: AccountId, password_hash: str) -> None:
        change = update(accounts).where(accounts.c.account_id == account_id)
        with self._database.writing() as connection:
            connection.execute(change.values(password_hash=password_hash))

    def erase(self, account: Account) -> None:
        """The account, its sign-ins, picture and reviews, and every event of its user."""
        with self._database.writing() as connection:
            connection.execute(
                delete(interactions).where(interactions.c.user_id == account.user_id)
            )
            connection.execute(delete(accounts).where(accounts.c.account_id == account.account_id))

    def _one(self, condition: Any) -> Credentials | None:
        with self._database.reading() as connection:
            row = connection.execute(select(accounts, PICTURE_HASH).where(condition)).first()
        return None if row is None else Credentials(account_of(row), row.password_hash)


def account_of(row: Row[Any]) -> Account:
    """row: holds the columns of `accounts` and PICTURE_HASH."""
    return Account(
        account_id=AccountId(row.account_id),
        name=row.name,
        language=Language(row.language),
        favourite_genres=tuple(row.favourite_genres),
        is_admin=row.is_admin,
        created_at=from_us(row.created_at_us),
        picture_hash=row.picture_hash,
    )


def _row(account: Account) -> dict[str, object]:
    return {
        "account_id": account.account_id,
        "name": account.name,
        "language": account.language.value,
        "favourite_genres": list(account.favourite_genres),
        "is_admin": account.is_admin,
        "created_at_us": to_us(account.created_at),
    }
