"""The files of the built pages, read once: each as it is and compressed ahead of time."""

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BROTLI, GZIP = ".br", ".gz"
_PREFERRED = (("br", BROTLI), ("gzip", GZIP))
# Not every system's table of types knows fonts.
_TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Encoded:
    """content_encoding: None for the file as it is. etag: another one for every encoding."""

    content: bytes
    content_encoding: str | None
    etag: str


@dataclass(frozen=True, slots=True)
class PageFile:
    """encodings: as it is under None, else by the name clients accept it by."""

    media_type: str
    encodings: Mapping[str | None, Encoded]

    def best_for(self, accept_encoding: str) -> Encoded:
        """The smallest that the client reads."""
        accepted = _accepted(accept_encoding)
        for name, _ in _PREFERRED:
            if name in accepted and name in self.encodings:
                return self.encodings[name]
        return self.encodings[None]


def read_page_files(folder: Path) -> dict[str, PageFile]:
    """By the path inside the folder, with slashes. Empty where the pages are not built."""
    return {
        path.relative_to(folder).as_posix(): _read(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in (BROTLI, GZIP)
    }


def _read(path: Path) -> PageFile:
    plain = path.read_bytes()
    digest = hashlib.sha256(plain).hexdigest()[:32]
    encodings: dict[str | None, Encoded] = {None: Encoded(plain, None, f'"{digest}"')}
    for name, suffix in _PREFERRED:
        compressed = path.with_name(path.name + suffix)
        if compressed.exists():
            encodings[name] = Encoded(compressed.read_bytes(), name, f'"{digest}-{name}"')
    guessed = mimetypes.guess_type(path.name)[0]
    return PageFile(_TYPES.get(path.suffix) or guessed or "application/octet-stream", encodings)


def _accepted(accept_encoding: str) -> frozenset[str]:
    """Names of encodings without those refused by a weight of zero."""
    names = set()
    for entry in accept_encoding.lower().split(","):
        name, _, weight = entry.partition(";")
        if weight.replace(" ", "").removeprefix("q=").strip("0.") or not weight:
            names.add(name.strip())
    return frozenset(names)
