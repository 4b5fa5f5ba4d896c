"""From lines to the fields of quoted CSV, where a field may hold a line end."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from tastemaker.ingest.lines import MAX_LINE_BYTES

MAX_RECORD_LINES = 1000
"""A quote that is still open after so many lines is taken for a stray one."""

Line = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Record:
    """fields is empty where the record is rejected, and reason says why."""

    number: int
    raw: str
    fields: list[str]
    reason: str = ""


@dataclass(slots=True)
class RecordReader:
    """Joins lines into records, and sets one line aside where quotes make no sense.

    After a bad line it goes on at the very next one, so a stray quote costs one line.
    """

    separator: str
    n_columns: int
    _open: list[Line] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether a record waits for more lines."""
        return bool(self._open)

    def feed(self, lines: Iterator[Line]) -> Iterator[Record]:
        """Records that are complete; an unfinished one waits for the next call."""
        waiting: deque[Line] = deque()
        while True:
            line = waiting.popleft() if waiting else next(lines, None)
            if line is None:
                return
            if not self._open and not line[1]:
                continue
            self._open.append(line)
            record = self._complete()
            if record is None:
                continue
            if record.reason:
                waiting.extendleft(reversed(self._open[1:]))
            self._open.clear()
            yield record

    def finish(self) -> Iterator[Record]:
        """What is left when the file ends inside a quoted field."""
        while self._open:
            number, raw = self._open[0]
            rest, self._open = self._open[1:], []
            yield Record(number, raw, [], "quote never closed")
            yield from self.feed(iter(rest))

    def _complete(self) -> Record | None:
        """The record made of the open lines, a rejection of the first, or None: go on."""
        number, first = self._open[0]
        text = "\n".join(line for _, line in self._open)
        if len(self._open) > MAX_RECORD_LINES or len(text) > MAX_LINE_BYTES:
            return Record(number, first, [], "quote never closed")
        if len(self._open) > 1 and text.count('"') % 2:
            return None
        try:
            fields = next(csv.reader([text], delimiter=self.separator, strict=True))
        except csv.Error:
            is_open = text.count('"') % 2 == 1
            return None if is_open else Record(number, first, [], "broken quoting")
        if len(fields) != self.n_columns:
            return Record(number, first, [], "wrong number of columns")
        return Record(number, text, fields)
