"""Pictures of accounts. Found by the account's name: nobody is told another one's id."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from tastemaker.core.ids import AccountId
from tastemaker.store.account_picture_table import account_pictures
from tastemaker.store.account_tables import accounts
from tastemaker.store.database import Database
from tastemaker.store.instants import to_us


class AccountPictureStore:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, account_id: AccountId, picture: bytes, now: datetime) -> str:
        """Instead of the one before. Returns its hash."""
        picture_hash = hashlib.sha256(picture).hexdigest()
        fresh = {"picture": picture, "hash": picture_hash, "changed_at_us": to_us(now)}
        statement = self._database.insert(account_pictures).values(account_id=account_id, **fresh)
        with self._database.writing() as connection:
            connection.execute(statement.on_conflict_do_update(["account_id"], set_=fresh))
        return picture_hash

    def remove(self, account_id: AccountId) -> None:
        own = account_pictures.c.account_id == account_id
        with self._database.writing() as connection:
            connection.execute(delete(account_pictures).where(own))

    def of_id(self, account_id: AccountId) -> bytes | None:
        return self._one(account_pictures.c.account_id == account_id)

    def of_name(self, name_key: str, picture_hash: str) -> bytes | None:
        """None where there is none or another one by now."""
        found = accounts.c.account_id == account_pictures.c.account_id
        of_name = accounts.c.name_key == name_key
        return self._one(found, of_name, account_pictures.c.hash == picture_hash)

    def _one(self, *conditions: Any) -> bytes | None:
        with self._database.reading() as connection:
            return connection.execute(
                select(account_pictures.c.picture).where(*conditions)
            ).scalar()
