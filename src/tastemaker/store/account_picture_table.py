"""The table of pictures that people chose for their accounts."""

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table

from tastemaker.store.account_tables import accounts
from tastemaker.store.schema import metadata

account_pictures = Table(
    "account_pictures",
    metadata,
    Column(
        "account_id",
        String(32),
        ForeignKey(accounts.c.account_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("picture", LargeBinary, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("changed_at_us", BigInteger, nullable=False),
)
"""picture: made anew from what was sent. hash: of the picture, its name for caches."""
