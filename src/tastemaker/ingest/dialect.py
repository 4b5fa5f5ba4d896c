"""How the lines of a text table are written."""

import csv
from dataclasses import dataclass

from tastemaker.ingest.lines import Encoding


@dataclass(frozen=True, slots=True)
class Dialect:
    """names: of the columns where the file has no header; None: the first line is the header.

    quoted: a double quote at the start of a field opens a quotation, as in RFC 4180; only with
    a separator of one character.
    """

    separator: str = ","
    quoted: bool = True
    names: tuple[str, ...] | None = None
    encoding: Encoding = "utf-8"

    def fields_of(self, line: str) -> list[str]:
        """The fields of one whole line; stray quotes stay in the text."""
        if not self.quoted:
            return line.split(self.separator)
        return next(csv.reader([line], delimiter=self.separator))


def guessed_separator(header: str) -> str:
    """The separator that occurs most often in a header; a comma where none does."""
    return max([",", "\t", ";", "|"], key=header.count)
