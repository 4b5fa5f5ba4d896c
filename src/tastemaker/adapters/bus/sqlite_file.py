"""The file of the embedded bus: its tables, its connections, its errors."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tastemaker.core.errors import BusUnavailable, StoreBusy, StoreUnavailable
from tastemaker.store.vendor_errors import translated

N_PARTITIONS = 8
"""Of every topic, for ever: with another number, messages of one key would part ways."""

_MAX_KEPT_WAL_BYTES = 64 * 2**20
_LOCK_WAIT_S = 5.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    headers TEXT NOT NULL,
    at_us INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_place ON messages (topic, partition, row, at_us);
CREATE TABLE IF NOT EXISTS members (
    member_id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_name TEXT NOT NULL,
    topics TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS places (
    group_name TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    acknowledged_row INTEGER NOT NULL DEFAULT 0,
    member_id INTEGER,
    PRIMARY KEY (group_name, topic, partition)
);
"""


@contextmanager
def bus_errors(where: Path) -> Iterator[None]:
    """Raises BusUnavailable or DiskFull for failures of the file."""
    try:
        with translated(str(where)):
            yield
    except (StoreUnavailable, StoreBusy) as error:
        raise BusUnavailable(error.what, where=error.where, next_step=error.next_step) from error


def connect(file: Path, *, is_durable: bool, max_bytes: int | None = None) -> sqlite3.Connection:
    """is_durable: what is committed survives a power cut, not only the end of the process."""
    connection = sqlite3.connect(
        file, timeout=_LOCK_WAIT_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if is_durable else 'NORMAL'}")
        connection.execute(f"PRAGMA journal_size_limit = {_MAX_KEPT_WAL_BYTES}")
        if max_bytes is not None:
            (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
            connection.execute(f"PRAGMA max_page_count = {max_bytes // page_bytes}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def create_tables(connection: sqlite3.Connection) -> None:
    connection.executescript(_SCHEMA)


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction, which waits for other writers before it begins."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk ends the transaction by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
