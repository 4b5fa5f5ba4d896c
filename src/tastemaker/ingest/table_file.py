"""Which reader fits a file."""

from pathlib import Path

from pydantic import BaseModel, Field

from tastemaker.core.errors import FileUnreadable
from tastemaker.ingest.delimited import DelimitedTable
from tastemaker.ingest.dialect import Dialect, guessed_separator
from tastemaker.ingest.json_lines import JsonLinesTable
from tastemaker.ingest.lines import Encoding, read_lines
from tastemaker.ingest.parquet import ParquetTable
from tastemaker.ingest.raw import Table


class FileFormat(BaseModel, frozen=True, extra="forbid"):
    """What the name of a file does not tell."""

    separator: str | None = Field(default=None, min_length=1)  # None: as the header suggests
    encoding: Encoding = "utf-8"


def table_file(path: Path, form: FileFormat | None = None) -> Table:
    """Parquet and JSONL by the name's ending, everything else as separated text with a header.

    Raises FileUnreadable.
    """
    form = form or FileFormat()
    if not path.is_file():
        raise FileUnreadable("No such file", where=str(path), next_step="Check the path.")
    match path.suffix.lower():
        case ".parquet" | ".pq":
            return ParquetTable(path)
        case ".jsonl" | ".ndjson":
            return JsonLinesTable(path, form.encoding)
    separator = form.separator or _separator(path, form.encoding)
    dialect = Dialect(separator, quoted=len(separator) == 1, encoding=form.encoding)
    return DelimitedTable(path, dialect)


def _separator(path: Path, encoding: Encoding) -> str:
    if path.suffix.lower() == ".tsv":
        return "\t"
    first = next(read_lines(path, encoding))
    return guessed_separator(next((text for text in first.texts if text.strip()), ""))
