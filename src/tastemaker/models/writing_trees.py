"""CatBoost's failures to write, as errors of this project."""

import errno
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from pathlib import Path

from tastemaker.models.array_folder import disk_problem

_ERROR_NUMBER = re.compile(r"^\(Error (\d+)")
_NO_ROOM_BYTES = 1 << 20


@contextmanager
def writing_trees(folder: Path) -> Iterator[None]:
    """Raises DiskFull or StoreUnavailable where trees cannot be written, or not read back."""
    from catboost import CatBoostError

    try:
        yield
    except OSError as error:
        raise disk_problem(error, folder) from error
    # A file that was cut without a word shows when it is read back, by whichever reader.
    except (CatBoostError, JSONDecodeError) as error:
        raise disk_problem(OSError(_number(str(error), folder), str(error)), folder) from error


def _number(told: str, folder: Path) -> int:
    """Of the operating system's error; where CatBoost does not tell it, by the room left."""
    if found := _ERROR_NUMBER.match(told):
        return int(found[1])
    return errno.ENOSPC if shutil.disk_usage(folder).free < _NO_ROOM_BYTES else errno.EIO
