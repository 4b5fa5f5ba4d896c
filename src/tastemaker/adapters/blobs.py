"""Files in a folder or in S3, by OpenDAL."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

import opendal
from opendal import exceptions
from opendal.exceptions import NotFound as Missing
from opendal.layers import RetryLayer, TimeoutLayer

from tastemaker.core.errors import BlobsUnavailable, DiskFull, NotFound, RequestInvalid

# Whatever its types say, these have no common parent but Exception.
_ERRORS = tuple(
    one
    for one in vars(exceptions).values()
    if isinstance(one, type) and issubclass(one, Exception) and one is not Missing
)
_UNFINISHED = ".unfinished"
_N_TRIES_AGAIN = 2
_FULL = ("No space left on device", "StorageFull", "Quota exceeded")
_AWS_REGION = "us-east-1"


class OpendalBlobs:
    def __init__(self, operator: opendal.Operator, where: str) -> None:
        self._operator = operator
        self._where = where

    @classmethod
    def in_folder(cls, folder: Path) -> Self:
        # Written beside, then moved into place: nobody sees a half.
        settings = {"root": str(folder), "atomic_write_dir": str(folder / _UNFINISHED)}
        with _errors(str(folder)):
            return cls(opendal.Operator("fs", **settings), str(folder))

    @classmethod
    def in_s3(cls, url: str, timeout_s: float) -> Self:
        """url: s3://KEY:SECRET@BUCKET/PREFIX?endpoint=http://HOST:PORT&region=NAME; the keys are
        also taken from the environment as AWS names them."""
        settings = _s3_settings(url)
        where = f"s3://{settings['bucket']}{settings['root']} {settings.get('endpoint', '')}"
        again = RetryLayer(max_times=_N_TRIES_AGAIN, min_delay=0.1, max_delay=1.0)
        limit = TimeoutLayer(timeout=timeout_s, io_timeout=timeout_s)
        with _errors(where):
            operator = opendal.Operator("s3", **settings)
            return cls(operator.layer(limit).layer(again), where)

    def put(self, name: str, content: bytes) -> None:
        with self._errors():
            self._operator.write(_checked(name), content)

    def get(self, name: str) -> bytes:
        try:
            with self._errors():
                return bytes(self._operator.read(_checked(name)))
        except Missing as error:
            raise NotFound(f"There is no file {name}", where=self._where) from error

    def names(self, prefix: str) -> Sequence[str]:
        with self._errors():
            # An operator lists a folder: what its name does not begin with is left out here.
            folder = prefix.rpartition("/")[0]
            found = self._operator.list(f"{folder}/" if folder else "", recursive=True)
            names = [entry.path for entry in found if not entry.path.endswith("/")]
        return sorted(
            name
            for name in names
            if name.startswith(prefix) and not name.startswith(f"{_UNFINISHED}/")
        )

    def delete(self, names: Sequence[str]) -> None:
        with self._errors():
            for name in names:
                self._operator.delete(_checked(name))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with _errors(self._where):
            yield


def _s3_settings(url: str) -> Mapping[str, str]:
    parts = urlsplit(url)
    # Not `hostname`, which is in small letters; a bucket keeps its own.
    settings = {"region": _AWS_REGION, **dict(parse_qsl(parts.query))}
    settings |= {"bucket": parts.netloc.rpartition("@")[2], "root": parts.path or "/"}
    if parts.username:
        settings["access_key_id"] = unquote(parts.username)
    if parts.password:
        settings["secret_access_key"] = unquote(parts.password)
    return settings


def _checked(name: str) -> str:
    """Raises RequestInvalid for a name that a store of files could take for another's."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or parts[0] == _UNFINISHED:
        raise RequestInvalid(
            f"No name of a file: {name!r}",
            next_step="Join parts by '/', none of them empty, '.' or '..'.",
        )
    return name


@contextmanager
def _errors(where: str) -> Iterator[None]:
    """Lets Missing through: whether that is an error depends on what was asked."""
    try:
        yield
    except _ERRORS as error:
        fact, _, rest = str(error).partition("\n")
        cause = rest.partition("Source:")[2].partition("Backtrace:")[0].strip()
        if any(sign in f"{fact} {cause}" for sign in _FULL):
            raise DiskFull(
                "No space left for files", where=where, next_step="Free some and try again."
            ) from error
        raise BlobsUnavailable(
            "The files cannot be reached",
            where=f"{where}: {fact}: {cause[:300]}",
            next_step="Check the address, the keys and that the server runs.",
        ) from error
    except UnicodeEncodeError as error:
        raise RequestInvalid("A name is not valid Unicode", where=where) from error
