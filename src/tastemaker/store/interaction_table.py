"""The table of events."""

from sqlalchemy import BigInteger, Column, Double, Identity, Index, String, Table

from tastemaker.core.ids import MAX_ID_LENGTH
from tastemaker.store.schema import RowNumber, metadata

interactions = Table(
    "interactions",
    metadata,
    Column("row", RowNumber, Identity(), primary_key=True),
    Column("event_id", String(MAX_ID_LENGTH), nullable=False, unique=True),
    Column("user_id", String(MAX_ID_LENGTH), nullable=False),
    Column("item_id", String(MAX_ID_LENGTH), nullable=False),
    Column("action", String(32), nullable=False),
    Column("value", Double),
    Column("price", Double),
    Column("at_us", BigInteger, nullable=False),
    Column("session_id", String(MAX_ID_LENGTH)),
    Index(None, "user_id", "at_us", "row"),
    sqlite_autoincrement=True,
)
"""row: order of arrival, from 1; the number of an erased event is never given again.
at_us: microseconds since 1970, UTC."""
