"""What a table holds, as plain lists."""

from collections.abc import Mapping
from typing import Any

from tastemaker.ingest.raw import Table


def rows(table: Table, wanted: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """(line, fields...) of every good row."""
    return [
        row
        for chunk in table.chunks(wanted)
        for row in chunk.rows.select("line", *wanted).iter_rows()
    ]


def rejected(table: Table, wanted: Mapping[str, str]) -> list[tuple[int, str]]:
    """(line, reason) of every bad row."""
    return [
        row
        for chunk in table.chunks(wanted)
        for row in chunk.rejected.select("line", "reason").iter_rows()
    ]
