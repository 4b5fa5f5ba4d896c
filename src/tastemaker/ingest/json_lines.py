"""JSONL: one object a line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tastemaker.core.errors import ColumnMissing
from tastemaker.ingest.cells import NumberedRow, chunk_of_rows
from tastemaker.ingest.lines import Encoding, LineBlock, read_lines
from tastemaker.ingest.raw import RawChunk


@dataclass(frozen=True, slots=True)
class JsonLinesTable:
    path: Path
    encoding: Encoding = "utf-8"

    @property
    def where(self) -> str:
        return str(self.path)

    def chunks(self, wanted: Mapping[str, str]) -> Iterator[RawChunk]:
        """A key that no object of the first block has counts as a missing column."""
        for at, block in enumerate(read_lines(self.path, self.encoding)):
            rows, rejected = _objects(block)
            if at == 0 and rows:
                self._check_keys([row.cells for row in rows], wanted)
            yield chunk_of_rows(rows, wanted, block.fraction, [*block.rejected, *rejected])

    def _check_keys(self, rows: list[Mapping[str, Any]], wanted: Mapping[str, str]) -> None:
        missing = sorted(key for key in wanted.values() if not any(key in row for row in rows))
        if missing:
            raise ColumnMissing(
                f"No key {', '.join(map(repr, missing))}",
                where=self.where,
                next_step=f"Choose among {', '.join(map(repr, list(rows[0])[:30]))}.",
            )


def _objects(block: LineBlock) -> tuple[list[NumberedRow], list[tuple[int, str, str]]]:
    """The lines that hold an object, and rejections of those that do not."""
    rows: list[NumberedRow] = []
    rejected: list[tuple[int, str, str]] = []
    for number, text in zip(block.numbers, block.texts, strict=True):
        if not text.strip():
            continue
        try:
            row = orjson.loads(text)
        except orjson.JSONDecodeError:
            row = None
        if isinstance(row, dict):
            rows.append(NumberedRow(number, text, row))
        else:
            rejected.append((number, "not a JSON object", text))
    return rows, rejected
