"""Lines of a text file in blocks of bounded size, whatever the file holds."""

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from tastemaker.core.errors import FileUnreadable

Encoding = Literal["utf-8", "latin-1", "cp1250", "cp1251", "cp1252", "koi8-r"]
"""Encodings in which a line end is the byte 10 and nothing else is."""

BLOCK_BYTES = 8 << 20
MAX_LINE_BYTES = 1 << 20
"""A longer line is set aside unread: no row of any data set is that long."""
KEPT_BYTES = 500

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class LineBlock:
    """numbers: of the lines, from 1. texts: the lines without their ends, blank ones too.

    rejected: (number, reason, the line's beginning). fraction: of the file read, in [0, 1].
    """

    numbers: Sequence[int]
    texts: list[str]
    rejected: list[tuple[int, str, str]]
    fraction: float


def read_lines(path: Path, encoding: Encoding = "utf-8") -> Iterator[LineBlock]:
    """All lines of the file. Memory is bounded by BLOCK_BYTES, not by the longest line.

    Raises FileUnreadable where the file is missing, empty, or not text at all.
    """
    try:
        with path.open("rb") as file:
            n_bytes = path.stat().st_size
            _check_beginning(file, path)
            number = 1
            for block in _whole_lines(file):
                yield _decoded(block, number, encoding, file.tell() / n_bytes)
                number += block.count(b"\n") + 1
    except OSError as error:
        raise FileUnreadable(
            f"The file cannot be opened: {error.strerror}",
            where=str(path),
            next_step="Check the path and the permissions.",
        ) from error


def _check_beginning(file: BinaryIO, path: Path) -> None:
    """Leaves the file at its first character."""
    beginning = file.read(4096)
    if not beginning.strip():
        raise FileUnreadable(
            "The file is empty", where=str(path), next_step="Give a file with at least one row."
        )
    if beginning.startswith(_UTF16) or b"\0" in beginning.lstrip().split(b"\n", 1)[0]:
        kind = "is in UTF-16" if beginning.startswith(_UTF16) else "is not text"
        raise FileUnreadable(
            f"The file {kind}", where=str(path), next_step="Save it as UTF-8 text or as Parquet."
        )
    file.seek(len(codecs.BOM_UTF8) if beginning.startswith(codecs.BOM_UTF8) else 0)


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """Whole lines, several at once; of a line over the limit only its beginning."""
    tail = b""
    while block := file.read(BLOCK_BYTES):
        lines, newline, tail = (tail + block).rpartition(b"\n")
        tail = tail[: MAX_LINE_BYTES + 1]
        if newline:
            yield lines
    if tail:
        yield tail


def _decoded(block: bytes, first: int, encoding: Encoding, fraction: float) -> LineBlock:
    try:
        texts = block.decode(encoding).replace("\r\n", "\n").removesuffix("\r").split("\n")
    except UnicodeDecodeError:
        return _decoded_one_by_one(block, first, encoding, fraction)
    if len(block) > MAX_LINE_BYTES and max(map(len, texts)) > MAX_LINE_BYTES:
        return _decoded_one_by_one(block, first, encoding, fraction)
    return LineBlock(range(first, first + len(texts)), texts, [], fraction)


def _decoded_one_by_one(block: bytes, first: int, encoding: Encoding, fraction: float) -> LineBlock:
    numbers, texts, rejected = [], [], []
    for number, line in enumerate(block.split(b"\n"), first):
        kept = line[:KEPT_BYTES].decode(encoding, "backslashreplace")
        if len(line) > MAX_LINE_BYTES:
            rejected.append((number, "line too long", kept))
            continue
        try:
            texts.append(line.decode(encoding).removesuffix("\r"))
            numbers.append(number)
        except UnicodeDecodeError:
            rejected.append((number, f"not valid {encoding.upper()}", kept))
    return LineBlock(numbers, texts, rejected, fraction)
