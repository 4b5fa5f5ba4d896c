"""A Parquet file as a table of text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tastemaker.core.errors import ColumnMissing, FileUnreadable
from tastemaker.ingest.columns import LIST_SEPARATOR
from tastemaker.ingest.raw import RawChunk, rejected_rows

ROWS_A_CHUNK = 500_000


@dataclass(frozen=True, slots=True)
class ParquetTable:
    path: Path

    @property
    def where(self) -> str:
        return str(self.path)

    def chunks(self, wanted: Mapping[str, str]) -> Iterator[RawChunk]:
        try:
            yield from self._chunks(wanted)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise FileUnreadable(
                f"The Parquet file cannot be read: {str(error).splitlines()[0]}",
                where=self.where,
                next_step="Check that the file is whole, and its name's ending.",
            ) from error

    def _chunks(self, wanted: Mapping[str, str]) -> Iterator[RawChunk]:
        table = pl.scan_parquet(self.path, glob=False)
        schema = table.collect_schema()
        missing = sorted(set(wanted.values()) - set(schema))
        if missing:
            raise ColumnMissing(
                f"No column {', '.join(map(repr, missing))}",
                where=self.where,
                next_step=f"Choose among {', '.join(map(repr, list(schema)[:30]))}.",
            )
        columns = [pl.col(column).alias(field) for field, column in wanted.items()]
        n_rows = table.select(pl.len()).collect().item()
        for start in range(0, n_rows, ROWS_A_CHUNK):
            rows = table.select(columns).slice(start, ROWS_A_CHUNK).collect()
            yield _as_text(rows, start, min(1.0, (start + ROWS_A_CHUNK) / n_rows))


def _as_text(rows: pl.DataFrame, start: int, fraction: float) -> RawChunk:
    texts = rows.select(_column_as_text(column) for column in rows)
    raw = pl.concat_str(pl.all().fill_null(""), separator=",").alias("raw")
    numbered = texts.with_columns(raw).with_row_index("line", start + 1)
    undecodable = pl.any_horizontal(
        (rows[name].is_not_null() & texts[name].is_null()) for name in rows.columns
    )
    numbered = numbered.with_columns(pl.col("line").cast(pl.Int64), undecodable.alias("bad"))
    bad = numbered.filter("bad").select("line", pl.lit("not valid UTF-8"), "raw")
    return RawChunk(
        numbered.filter(~pl.col("bad")).drop("bad"), rejected_rows(bad.rows()), fraction
    )


def _column_as_text(column: pl.Series) -> pl.Series:
    """Null where the value has no text form."""
    kind = column.dtype
    if isinstance(kind, pl.List | pl.Array):
        parts = column.cast(pl.List(pl.String), strict=False)
        return parts.list.join(LIST_SEPARATOR, ignore_nulls=True)
    if kind == pl.Binary:
        return pl.Series(column.name, [_decoded(value) for value in column], pl.String)
    if isinstance(kind, pl.Datetime):
        in_utc = column.dt.convert_time_zone("UTC") if kind.time_zone else column
        return in_utc.dt.to_string("%Y-%m-%dT%H:%M:%S%.6f")
    if kind.is_float() and ((column.is_null()) | (column == column.round(0))).all():
        whole = column.cast(pl.Int64, strict=False)
        column = whole if whole.null_count() == column.null_count() else column
    return column.cast(pl.String, strict=False)


def _decoded(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None
