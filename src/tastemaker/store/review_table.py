"""The table of reviews: one text of one account on one item."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from tastemaker.core.ids import MAX_ID_LENGTH
from tastemaker.store.account_tables import accounts
from tastemaker.store.schema import metadata

reviews = Table(
    "reviews",
    metadata,
    Column("review_id", String(32), primary_key=True),
    Column(
        "account_id",
        String(32),
        ForeignKey(accounts.c.account_id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("item_id", String(MAX_ID_LENGTH), nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    Column("edited_at_us", BigInteger),
    UniqueConstraint("account_id", "item_id"),
    Index(None, "item_id", "created_at_us", "review_id"),
)
"""Times: microseconds since 1970, UTC. edited_at_us: null until the first edit."""
