"""Checksums of the descriptions of a version, which hold those of its arrays and trees."""

from pathlib import Path

from pydantic import BaseModel

from tastemaker.models.stored_file import damaged, read_description, reading, sha256_of

SUMS = "checksums.json"


class DescriptionSums(BaseModel, frozen=True, extra="forbid"):
    """sha256: by path within the version."""

    sha256: dict[str, str]


def write_sums(folder: Path) -> None:
    """Of every JSON file that lies below the folder by now; what comes later may be rewritten."""
    paths = sorted(path for path in folder.rglob("*.json") if path != folder / SUMS)
    sums = {path.relative_to(folder).as_posix(): sha256_of(path) for path in paths}
    content = DescriptionSums(sha256=sums).model_dump_json(indent=1)
    (folder / SUMS).write_text(content, encoding="utf-8")


def verify_sums(folder: Path) -> None:
    """Raises ModelCorrupt."""
    sums = read_description(folder / SUMS, DescriptionSums)
    for name, expected in sums.sha256.items():
        with reading(folder / name):
            if sha256_of(folder / name) != expected:
                raise damaged("The checksum differs", folder / name)
