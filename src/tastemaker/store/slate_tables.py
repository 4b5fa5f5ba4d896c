"""The tables of slates: those computed ahead, and those shown with the answers to them.

All times: microseconds since 1970, UTC.
"""

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary, String, Table

from tastemaker.core.ids import MAX_ID_LENGTH
from tastemaker.store.schema import metadata

_ID = String(MAX_ID_LENGTH)
_NAME = String(128)

stored_slates = Table(
    "stored_slates",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("owner_id", _ID, primary_key=True),
    Column("variant", _NAME, primary_key=True),
    Column("model_version", _NAME, nullable=False),
    Column("made_at_us", BigInteger, nullable=False, index=True),
    Column("expires_at_us", BigInteger, nullable=False, index=True),
    Column("answer", LargeBinary, nullable=False),
)

shown_slates = Table(
    "shown_slates",
    metadata,
    Column("session_id", _ID, primary_key=True),
    Column("user_id", _ID, nullable=False),
    Column("experiment", _NAME),
    Column("variant", _NAME, nullable=False),
    Column("model_version", _NAME, nullable=False),
    Column("source", String(32), nullable=False),
    Column("item_ids", JSON, nullable=False),
    Column("at_us", BigInteger, nullable=False, index=True),
    Index(None, "experiment", "at_us"),
)

slate_feedback = Table(
    "slate_feedback",
    metadata,
    Column("event_id", _ID, primary_key=True),
    Column("session_id", _ID, nullable=False, index=True),
    Column("item_id", _ID, nullable=False),
    Column("action", String(32), nullable=False),
    Column("at_us", BigInteger, nullable=False, index=True),
    Column("user_id", _ID, index=True),
)
"""An answer may arrive before its slate is recorded: no foreign key binds them."""

user_genres = Table(
    "user_genres",
    metadata,
    Column("user_id", _ID, primary_key=True),
    Column("genres", JSON, nullable=False),
    Column("at_us", BigInteger, nullable=False),
)
"""Favourite genres told of a user who need not have an account."""
