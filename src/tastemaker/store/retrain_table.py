"""The table of the training that was asked for last: one row.

All times: microseconds since 1970, UTC.
"""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from tastemaker.store.schema import metadata

LATEST = 1

retrain_state = Table(
    "retrain_state",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("phase", String(16), nullable=False),
    Column("asked_at_us", BigInteger),
    Column("started_at_us", BigInteger),
    Column("ended_at_us", BigInteger),
    Column("version", String(128)),
    Column("outcome", String(16)),
    Column("reason", Text, nullable=False),
)
