"""What is installed from a wheel has the pages."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tastemaker.api.pages import BUILT_PAGES

ROOT = Path(__file__).parents[2]


def test_a_wheel_carries_the_built_pages(tmp_path: Path) -> None:
    if not (BUILT_PAGES / "index.html").exists():
        pytest.skip("the pages are not built: make web")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    carried = set(ZipFile(wheel).namelist())
    pages = {path.relative_to(BUILT_PAGES) for path in BUILT_PAGES.rglob("*") if path.is_file()}
    assert {f"tastemaker/api/static/{path.as_posix()}" for path in pages} <= carried
