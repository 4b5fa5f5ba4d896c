"""Devices (browsers) and the accounts that are signed in on each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select, update

from tastemaker.core.account import Account
from tastemaker.core.ids import AccountId
from tastemaker.store.account_tables import accounts, devices, sign_ins
from tastemaker.store.accounts import PICTURE_HASH, account_of
from tastemaker.store.database import Database
from tastemaker.store.instants import to_us


@dataclass(frozen=True, slots=True)
class Device:
    """signed_in: accounts whose sign-in has not expired, the oldest sign-in first.

    active: the one of them that acts; None where it expired or signed out everywhere.
    """

    device_id: str
    signed_in: tuple[Account, ...]
    active: Account | None


class DeviceStore:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, token_hash: str, now: datetime) -> Device | None:
        statement = (
            select(devices.c.device_id, devices.c.active_account_id, accounts, PICTURE_HASH)
            .outerjoin(
                sign_ins,
                (sign_ins.c.device_id == devices.c.device_id)
                & (sign_ins.c.expires_at_us > to_us(now)),
            )
            .outerjoin(accounts, accounts.c.account_id == sign_ins.c.account_id)
            .where(devices.c.token_hash == token_hash)
            .order_by(sign_ins.c.signed_in_at_us, sign_ins.c.account_id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        if not rows:
            return None
        signed_in = tuple(account_of(row) for row in rows if row.account_id is not None)
        active_id = rows[0].active_account_id
        active = next((one for one in signed_in if one.account_id == active_id), None)
        return Device(rows[0].device_id, signed_in, active)

    def sign_in(
        self,
        device_id: str,
        token_hash: str,
        account_id: AccountId,
        now: datetime,
        expires_at: datetime,
    ) -> None:
        """Makes the account the active one. The device is made where it is not there yet; its
        cookie is from now on the one with this hash, so that an older one opens nothing."""
        of_device = devices.c.device_id == device_id
        values = {"token_hash": token_hash, "active_account_id": account_id}
        sign_in = {
            "device_id": device_id,
            "account_id": account_id,
            "signed_in_at_us": to_us(now),
            "expires_at_us": to_us(expires_at),
        }
        with self._database.writing() as connection:
            self._drop_expired(connection, now)
            if connection.execute(select(devices.c.device_id).where(of_device)).first():
                connection.execute(update(devices).where(of_device).values(values))
            else:
                connection.execute(insert(devices).values(device_id=device_id, **values))
            connection.execute(delete(sign_ins).where(_is(device_id, account_id)))
            connection.execute(insert(sign_ins).values(sign_in))

    def activate(self, device_id: str, account_id: AccountId, token_hash: str) -> None:
        """The account is signed in on the device."""
        change = update(devices).where(devices.c.device_id == device_id)
        with self._database.writing() as connection:
            connection.execute(change.values(active_account_id=account_id, token_hash=token_hash))

    def sign_out(self, device_id: str, account_id: AccountId, now: datetime) -> None:
        """Of the accounts left on the device the one that signed in last becomes active."""
        left = (
            select(sign_ins.c.account_id)
            .where(sign_ins.c.device_id == device_id, sign_ins.c.expires_at_us > to_us(now))
            .order_by(sign_ins.c.signed_in_at_us.desc())
            .limit(1)
        )
        with self._database.writing() as connection:
            connection.execute(delete(sign_ins).where(_is(device_id, account_id)))
            next_active = connection.execute(left).scalar()
            change = update(devices).where(devices.c.device_id == device_id)
            connection.execute(change.values(active_account_id=next_active))

    def forget(self, device_id: str) -> None:
        """All accounts of the device are signed out there."""
        with self._database.writing() as connection:
            connection.execute(delete(devices).where(devices.c.device_id == device_id))

    def sign_out_everywhere(self, account_id: AccountId, but_on: str | None = None) -> None:
        """On every device, except the one named."""
        elsewhere = sign_ins.c.account_id == account_id
        if but_on is not None:
            elsewhere &= sign_ins.c.device_id != but_on
        with self._database.writing() as connection:
            connection.execute(delete(sign_ins).where(elsewhere))

    def _drop_expired(self, connection: Connection, now: datetime) -> None:
        connection.execute(delete(sign_ins).where(sign_ins.c.expires_at_us <= to_us(now)))
        used = exists().where(sign_ins.c.device_id == devices.c.device_id)
        connection.execute(delete(devices).where(~used))


def _is(device_id: str, account_id: AccountId) -> ColumnElement[bool]:
    return (sign_ins.c.device_id == device_id) & (sign_ins.c.account_id == account_id)
