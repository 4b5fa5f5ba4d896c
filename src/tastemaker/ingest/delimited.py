"""CSV, TSV and their kin: a file of lines with the same fields in each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from tastemaker.core.errors import ColumnMissing, FileUnreadable
from tastemaker.ingest.dialect import Dialect
from tastemaker.ingest.lines import LineBlock, read_lines
from tastemaker.ingest.raw import RawChunk
from tastemaker.ingest.splitter import Splitter


@dataclass(frozen=True, slots=True)
class DelimitedTable:
    path: Path
    dialect: Dialect

    @property
    def where(self) -> str:
        return str(self.path)

    def chunks(self, wanted: Mapping[str, str]) -> Iterator[RawChunk]:
        blocks = read_lines(self.path, self.dialect.encoding)
        names, first = self._names_and_rest(next(blocks))
        splitter = Splitter.of(self.dialect, len(names), self._positions(names, wanted))
        for block in chain([first], blocks):
            yield splitter.split(block)
        yield splitter.finish()

    def names(self) -> tuple[str, ...]:
        """Of the columns. Raises FileUnreadable."""
        return self._names_and_rest(next(read_lines(self.path, self.dialect.encoding)))[0]

    def _names_and_rest(self, block: LineBlock) -> tuple[tuple[str, ...], LineBlock]:
        """The names of the columns, and the first block without the header."""
        if self.dialect.names is not None:
            return self.dialect.names, block
        at = next((at for at, text in enumerate(block.texts) if text.strip()), None)
        if at is None or any(number < block.numbers[at] for number, _, _ in block.rejected):
            raise FileUnreadable(
                "The header cannot be read",
                where=self.where,
                next_step="Begin the file with the names of its columns, and state its encoding.",
            )
        names = self.dialect.fields_of(block.texts[at])
        rest = replace(block, numbers=block.numbers[at + 1 :], texts=block.texts[at + 1 :])
        return tuple(name.strip() for name in names), rest

    def _positions(self, names: tuple[str, ...], wanted: Mapping[str, str]) -> dict[str, int]:
        missing = sorted(set(wanted.values()) - set(names))
        if missing:
            raise ColumnMissing(
                f"No column {', '.join(map(repr, missing))}",
                where=self.where,
                next_step=f"Choose among {', '.join(map(repr, names[:30]))}.",
            )
        return {field: names.index(column) for field, column in wanted.items()}
