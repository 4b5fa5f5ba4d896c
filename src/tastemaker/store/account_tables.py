"""The tables of people and of the devices they are signed in on. All times: microseconds, UTC."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    String,
    Table,
)

from tastemaker.store.schema import RowNumber, metadata

_ID = String(32)
_SHA256_HEX = String(64)

accounts = Table(
    "accounts",
    metadata,
    Column("account_id", _ID, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("name_key", String(256), nullable=False, unique=True),
    Column("password_hash", String(256), nullable=False),
    Column("language", String(8), nullable=False),
    Column("favourite_genres", JSON, nullable=False),
    Column("is_admin", Boolean, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
)
"""name_key: the name as compared, so that two spellings of one name cannot both exist."""

devices = Table(
    "devices",
    metadata,
    Column("device_id", _ID, primary_key=True),
    Column("token_hash", _SHA256_HEX, nullable=False, unique=True),
    Column("active_account_id", _ID, ForeignKey(accounts.c.account_id, ondelete="SET NULL")),
)
"""token_hash: of the cookie's value, which itself is nowhere in the database."""

sign_ins = Table(
    "sign_ins",
    metadata,
    Column(
        "device_id",
        _ID,
        ForeignKey(devices.c.device_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column(
        "account_id",
        _ID,
        ForeignKey(accounts.c.account_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("signed_in_at_us", BigInteger, nullable=False),
    Column("expires_at_us", BigInteger, nullable=False, index=True),
    Index(None, "account_id"),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("row", RowNumber, Identity(), primary_key=True),
    Column("key", _SHA256_HEX, nullable=False),
    Column("at_us", BigInteger, nullable=False, index=True),
    Index(None, "key", "at_us"),
)
"""key: hash of whose failure it was, so that the table names nobody."""
