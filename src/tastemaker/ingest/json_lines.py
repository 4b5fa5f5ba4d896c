"""JSONL: one object a line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tastemaker.core.errors import ColumnMissing
from tastemaker.ingest.cells import chunk_of_rows
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
                self._check_keys([row for _, row in rows], wanted)
            yield chunk_of_rows(rows, wanted, block.fraction, [*block.rejected, *rejected])

    def _check_keys(self, rows: list[dict[str, Any]], wanted: Mapping[str, str]) -> None:
        missing = sorted(key for key in wanted.values() if not any(key in row for row in rows))
        if missing:
            raise ColumnMissing(
                f"No key {', '.join(map(repr, missing))}",
                where=self.where,
                next_step=f"Choose among {', '.join(map(repr, list(rows[0])[:30]))}.",
            )


def _objects(
    block: LineBlock,
) -> tuple[list[tuple[int, dict[str, Any]]], list[tuple[int, str, str]]]:
    """(number, object) of the lines that hold one, and rejections of those that do not."""
    rows, rejected = [], []
    for number, text in zip(block.numbers, block.texts, strict=True):
        if not text.strip():
            continue
        try:
            row = orjson.loads(text)
        except orjson.JSONDecodeError:
            row = None
        if isinstance(row, dict):
            rows.append((number, row))
        else:
            rejected.append((number, "not a JSON object", text))
    return rows, rejected
