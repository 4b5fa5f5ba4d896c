"""A full disk is told in plain words, and costs nothing that was there."""

from pathlib import Path

import polars as pl
import pytest

from tastemaker.core.errors import DiskFull, StoreUnavailable
from tastemaker.store.disk import write_whole, writing_to

ALWAYS_FULL = Path("/dev/full")

needs_full_device = pytest.mark.skipif(not ALWAYS_FULL.exists(), reason="no /dev/full here")


@needs_full_device
def test_a_full_disk_under_a_file() -> None:
    with pytest.raises(DiskFull, match="Free some space"), writing_to(ALWAYS_FULL):
        ALWAYS_FULL.write_text("anything")


@needs_full_device
def test_a_full_disk_under_a_parquet_file() -> None:
    with pytest.raises(DiskFull), writing_to(ALWAYS_FULL):
        pl.DataFrame({"a": range(100_000)}).write_parquet(ALWAYS_FULL)


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    in_the_way = tmp_path / "folder"
    in_the_way.write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        write_whole(in_the_way / "file", b"content")


def test_writing_again_replaces_the_content(tmp_path: Path) -> None:
    write_whole(tmp_path / "file", b"long content")
    write_whole(tmp_path / "file", b"short")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"short"]
