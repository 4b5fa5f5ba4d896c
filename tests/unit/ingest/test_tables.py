"""JSONL, Parquet and SQL give the same text as a CSV would."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tastemaker.core.errors import ColumnMissing, FileUnreadable, StoreUnavailable
from tastemaker.ingest.json_lines import JsonLinesTable
from tastemaker.ingest.parquet import ParquetTable
from tastemaker.ingest.sql import SqlTable
from tests.unit.ingest.tables import rejected, rows

WANTED = {"user_id": "user", "item_id": "item", "value": "stars"}


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(
        b'{"user": 1, "item": "a", "stars": 4.5, "more": {"x": 1}}\n'
        b"\n"
        b'{"user": 2.0, "item": null}\n'
        b'{"user": 3, \n'
        b"[1, 2]\n"
        b'{"user": {"id": 4}, "item": "b"}\n'
        b'{"user": "\xff", "item": "b"}\n'
    )
    table = JsonLinesTable(path)
    assert rows(table, WANTED) == [(1, "1", "a", "4.5"), (3, "2", None, None)]
    assert rejected(table, WANTED) == [
        (7, "not valid UTF-8"),
        (4, "not a JSON object"),
        (5, "not a JSON object"),
        (6, "nested value"),
    ]
    with pytest.raises(ColumnMissing, match="No key 'film'"):
        rows(table, {"item_id": "film"})


def test_parquet_of_many_types(tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    pl.DataFrame(
        {
            "user": [1.0, None, 3.0],
            "item": [b"a", b"\xff", b"c"],
            "stars": [4.5, 3.0, None],
            "at": [datetime(2020, 1, 2, tzinfo=UTC)] * 3,
            "tags": [["x", "y"], [], None],
        }
    ).write_parquet(path)
    table = ParquetTable(path)
    wanted = {**WANTED, "at": "at", "tags": "tags"}
    assert rows(table, wanted) == [
        (1, "1", "a", "4.5", "2020-01-02T00:00:00.000000", "x\x1fy"),
        (3, "3", "c", None, "2020-01-02T00:00:00.000000", None),
    ]
    assert rejected(table, wanted) == [(2, "not valid UTF-8")]
    with pytest.raises(ColumnMissing, match="No column 'film'"):
        rows(table, {"item_id": "film"})


def test_a_cut_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    pl.DataFrame({"user": range(1000)}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(FileUnreadable, match="Parquet"):
        rows(ParquetTable(path), {"user_id": "user"})


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (user, item, stars)")
        connection.executemany(
            "INSERT INTO orders VALUES (?, ?, ?)", [(1, "a", 4.5), (2, "b", None)]
        )
        connection.execute("INSERT INTO orders VALUES (3, CAST(X'ff' AS TEXT), 1)")
    connection.close()
    return path


def test_a_query(shop: Path) -> None:
    table = SqlTable(f"sqlite:///{shop}", "SELECT * FROM orders")
    assert rows(table, WANTED) == [(1, "1", "a", "4.5"), (2, "2", "b", None)]
    assert rejected(table, WANTED) == [(3, "not valid UTF-8")]
    with pytest.raises(ColumnMissing, match="No column 'film'"):
        rows(table, {"item_id": "film"})


def test_a_query_that_fails(shop: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no such table"):
        rows(SqlTable(f"sqlite:///{shop}", "SELECT * FROM nowhere"), WANTED)


def test_a_misspelt_database_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "missing.db"
    with pytest.raises(StoreUnavailable, match="No such database"):
        rows(SqlTable(f"sqlite:///{path}", "SELECT 1"), WANTED)
    assert not path.exists()


def test_no_password_in_a_message() -> None:
    table = SqlTable("postgresql://me:secret@nowhere/shop", "SELECT 1")
    assert "secret" not in table.where
