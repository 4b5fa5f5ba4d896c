"""One array, one file."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.errors import FileUnreadable


def save_array(path: Path, array: NDArray[Any]) -> None:
    np.save(path, np.ascontiguousarray(array), allow_pickle=False)


def load_array(path: Path, kind: np.dtype[Any]) -> NDArray[Any]:
    """Memory-maps the one-dimensional array of this type. Raises FileUnreadable."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise damaged(path, str(error)) from error
    if array.dtype != kind or array.ndim != 1:
        raise damaged(path, f"holds {array.dtype} of {array.ndim} dimensions, not {kind}")
    plain: NDArray[Any] = array.view(np.ndarray)
    return plain


def damaged(path: Path, why: str) -> FileUnreadable:
    """The error for a part of the histories that cannot be what was saved."""
    return FileUnreadable(
        f"A table of histories is damaged: {why}",
        where=str(path),
        next_step="Make the features again with `tastemaker preprocess`.",
    )
