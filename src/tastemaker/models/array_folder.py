"""A model on disk: one .npy file an array and one model.json that describes them.

model.json is written last, so a folder without it was never finished. Arrays are read through the
page cache (memory-mapped), which worker processes share. Nothing is ever unpickled.
"""

import errno
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from tastemaker.core.errors import DiskFull, EnvironmentProblem, StoreUnavailable
from tastemaker.models.stored_file import damaged, reading, sha256_of

FORMAT_VERSION = 1
DESCRIPTION = "model.json"
MAP_FROM_BYTES = 1 << 16
"""Smaller arrays are read at once: a mapping costs a file handle and a page each."""


class ArrayFile(BaseModel, frozen=True, extra="forbid"):
    shape: tuple[int, ...]
    dtype: str
    n_bytes: int
    sha256: str


class ModelDescription(BaseModel, frozen=True, extra="forbid"):
    format_version: int
    model: str
    config: dict[str, Any]
    arrays: dict[str, ArrayFile]


@dataclass(frozen=True, slots=True)
class ArrayFolder:
    """What a folder holds. arrays: read-only."""

    config: dict[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def write_arrays(
    folder: Path, model: str, config: BaseModel, arrays: Mapping[str, NDArray[Any]]
) -> None:
    """Fill a new or empty folder.

    Raises DiskFull or StoreUnavailable; the folder then has no description and will be refused.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = {name: _write_array(folder / f"{name}.npy", a) for name, a in arrays.items()}
        description = ModelDescription(
            format_version=FORMAT_VERSION,
            model=model,
            config=config.model_dump(mode="json"),
            arrays=files,
        )
        (folder / DESCRIPTION).write_text(description.model_dump_json(indent=1), encoding="utf-8")
    except OSError as error:
        raise disk_problem(error, folder) from error


def read_arrays(folder: Path, model: str) -> ArrayFolder:
    """Map the arrays of a folder that `write_arrays` made for the same kind of model.

    Raises ModelCorrupt where a file is missing, of another size, shape, type or version. Contents
    are not read; `verify_arrays` does that.
    """
    description = _describe(folder)
    if description.model != model:
        raise damaged(f"It holds a model of kind {description.model}, not {model}", folder)
    arrays = {
        name: _read_array(folder / f"{name}.npy", file) for name, file in description.arrays.items()
    }
    return ArrayFolder(description.config, arrays)


def read_only(arrays: Mapping[str, NDArray[Any]]) -> None:
    """As they will be when they are read again, or code is compiled once for each kind."""
    for array in arrays.values():
        array.setflags(write=False)


def verify_arrays(folder: Path, *, contents: bool = True) -> None:
    """Read every byte and compare checksums; without contents, sizes alone. Raises ModelCorrupt."""
    for name, file in _describe(folder).arrays.items():
        path = folder / f"{name}.npy"
        _check_size(path, file)
        with reading(path):
            if contents and sha256_of(path) != file.sha256:
                raise damaged("The checksum differs", path)


def disk_problem(error: OSError, folder: Path) -> EnvironmentProblem:
    """The error of this project that stands for one of the operating system."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFull(
            "The disk is full", where=str(folder), next_step="Free some space and train again."
        )
    return StoreUnavailable(
        f"The folder cannot be used: {error.strerror}",
        where=str(folder),
        next_step="Check that it exists and that this user may write there.",
    )


def _describe(folder: Path) -> ModelDescription:
    path = folder / DESCRIPTION
    try:
        with reading(path):
            content = json.loads(path.read_bytes())
        version = content.get("format_version") if isinstance(content, dict) else None
        if version != FORMAT_VERSION:
            raise damaged(f"Format version {version} is not {FORMAT_VERSION}", path)
        return ModelDescription.model_validate(content)
    except ValueError as error:
        raise damaged("The description cannot be read", path) from error


def _write_array(path: Path, array: NDArray[Any]) -> ArrayFile:
    try:
        np.save(path, array, allow_pickle=False)
    except OSError as error:
        if error.errno is not None:
            raise
        # NumPy does not tell why it has written less than all.
        raise OSError(errno.ENOSPC, str(error)) from error
    return ArrayFile(
        shape=array.shape,
        dtype=array.dtype.str,
        n_bytes=path.stat().st_size,
        sha256=sha256_of(path),
    )


def _read_array(path: Path, file: ArrayFile) -> NDArray[Any]:
    _check_size(path, file)
    large = file.n_bytes >= MAP_FROM_BYTES
    try:
        with reading(path):
            array = np.asarray(np.load(path, mmap_mode="r" if large else None, allow_pickle=False))
    except ValueError as error:
        raise damaged("The array cannot be read", path) from error
    if array.shape != file.shape or array.dtype.str != file.dtype:
        raise damaged("The array is not of the shape and type described", path)
    array.setflags(write=False)
    return array


def _check_size(path: Path, file: ArrayFile) -> None:
    with reading(path):
        n_bytes = path.stat().st_size if path.exists() else 0
    if n_bytes != file.n_bytes:
        raise damaged(f"The file has {n_bytes} bytes of {file.n_bytes}", path)
