"""From blocks of lines to columns of fields."""

import csv
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

    Blocks without quotes are split column by column, blocks in which every line is a record of
    its own by one pass of the csv module; only what remains is read record by record, which is
    ten times slower.
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
        filled = lines.filter(pl.col("raw") != "")
        if not self.dialect.quoted or not (self.reader.is_open or _has_quotes(lines)):
            chunk = self._by_columns(filled, block.fraction)
        elif (fields := self._one_record_a_line(filled["raw"])) is not None:
            chunk = self._of_fields(filled, fields, block.fraction)
        else:
            records = self.reader.feed(zip(block.numbers, block.texts, strict=True))
            chunk = self._of_records(records, block.fraction)
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

    def _one_record_a_line(self, lines: pl.Series) -> list[list[str]] | None:
        """The fields of every line; None where quotes are broken or a record has more lines."""
        if self.reader.is_open:
            return None
        reader = csv.reader(lines, delimiter=self.dialect.separator, strict=True)
        try:
            fields = list(reader)
        except csv.Error:
            return None
        are_whole = len(fields) == len(lines) and all(
            len(of_line) == self.n_columns for of_line in fields
        )
        return fields if are_whole else None

    def _of_fields(self, lines: pl.DataFrame, fields: list[list[str]], fraction: float) -> RawChunk:
        taken = [
            pl.Series(name, [of_line[at] for of_line in fields], pl.String)
            for name, at in self.positions.items()
        ]
        return RawChunk(lines.with_columns(taken), rejected_rows([]), fraction)

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
