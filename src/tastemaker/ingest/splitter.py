"""From blocks of lines to columns of fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from tastemaker.ingest.dialect import Dialect
from tastemaker.ingest.lines import LineBlock
from tastemaker.ingest.raw import RawChunk, rejected_rows
from tastemaker.ingest.records import Record, RecordReader


@dataclass(frozen=True, slots=True)
class Splitter:
    """positions: our name of each wanted field to its place among the n_columns of a line.

    Blocks without quotes are split column by column; only those with quotes are read record by
    record, which is ten times slower.
    """

    dialect: Dialect
    n_columns: int
    positions: Mapping[str, int]
    reader: RecordReader

    @classmethod
    def of(cls, dialect: Dialect, n_columns: int, positions: Mapping[str, int]) -> "Splitter":
        return cls(dialect, n_columns, positions, RecordReader(dialect.separator, n_columns))

    def split(self, block: LineBlock) -> RawChunk:
        """The block's records; one still open at its end comes with the next."""
        lines = pl.DataFrame(
            {"line": block.numbers, "raw": block.texts},
            schema={"line": pl.Int64, "raw": pl.String},
        )
        rejected = rejected_rows(block.rejected)
        if self.dialect.quoted and (self.reader.is_open or _has_quotes(lines)):
            records = self.reader.feed(zip(block.numbers, block.texts, strict=True))
            chunk = self._of_records(records, block.fraction)
        else:
            chunk = self._by_columns(lines.filter(pl.col("raw") != ""), block.fraction)
        return RawChunk(chunk.rows, pl.concat([rejected, chunk.rejected]), chunk.fraction)

    def finish(self) -> RawChunk:
        """What was open when the file ended."""
        return self._of_records(self.reader.finish(), 1.0)

    def _by_columns(self, lines: pl.DataFrame, fraction: float) -> RawChunk:
        separator, n_splits = self.dialect.separator, self.n_columns - 1
        is_whole = pl.col("raw").str.count_matches(separator, literal=True) == n_splits
        reason = pl.lit("wrong number of columns").alias("reason")
        rejected = lines.filter(~is_whole).select("line", reason, "raw")
        whole = lines.filter(is_whole)
        fields = whole["raw"].str.split_exact(separator, n_splits).struct
        taken = [fields.field(f"field_{at}").alias(name) for name, at in self.positions.items()]
        return RawChunk(whole.with_columns(taken), rejected_rows(rejected.rows()), fraction)

    def _of_records(self, records: Iterator[Record], fraction: float) -> RawChunk:
        good, rejected = [], []
        for record in records:
            if record.reason:
                rejected.append((record.number, record.reason, record.raw))
            else:
                taken = [record.fields[at] for at in self.positions.values()]
                good.append((record.number, record.raw, *taken))
        schema = {"line": pl.Int64, "raw": pl.String} | dict.fromkeys(self.positions, pl.String)
        rows = pl.DataFrame(good, schema, orient="row")
        return RawChunk(rows, rejected_rows(rejected), fraction)


def _has_quotes(lines: pl.DataFrame) -> bool:
    return bool(lines["raw"].str.contains('"', literal=True).any())
