"""Reading back a file of a stored version."""

import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tastemaker.core.errors import ModelCorrupt, StoreUnavailable

Description = TypeVar("Description", bound=BaseModel)

_OWN_LIMITS = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raises ModelCorrupt where the disk does not give back what was written: another version then
    serves. StoreUnavailable where it is the process that can open no more."""
    try:
        yield
    except FileNotFoundError as error:
        raise damaged("A file is missing: the model is not whole", path) from error
    except OSError as error:
        if error.errno in _OWN_LIMITS:
            raise StoreUnavailable(
                f"No file can be opened: {error.strerror}",
                where=str(path),
                next_step="Raise the limits of this user, or give the machine more memory.",
            ) from error
        raise damaged(f"The file cannot be read: {error.strerror or error}", path) from error


def read_description(path: Path, kind: type[Description]) -> Description:
    """Raises ModelCorrupt and StoreUnavailable."""
    try:
        with reading(path):
            return kind.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise damaged("The description cannot be read", path) from error


def damaged(what: str, path: Path) -> ModelCorrupt:
    return ModelCorrupt(what, where=str(path), next_step="Train again, or restore the folder.")
