"""Arrays on a disk that takes no more, or does not give back what it took."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tastemaker.core.errors import ModelCorrupt
from tastemaker.models.array_folder import DESCRIPTION, read_arrays, verify_arrays, write_arrays
from tastemaker.models.near import NearConfig

UNREADABLE = Path("/proc/self/mem")
"""Its size is told as 0, and its first byte is an error of input."""

WRITTEN_WITHOUT_ROOM = """
import resource, sys
from pathlib import Path
import numpy as np
from tastemaker.core.errors import DiskFull
from tastemaker.models.array_folder import write_arrays
from tastemaker.models.near import NearConfig
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
try:
    write_arrays(Path(sys.argv[1]), "some", NearConfig(), {"large": np.zeros(10_000)})
except DiskFull as error:
    print(error)
"""


def test_a_disk_that_fills_up_under_an_array_is_said(tmp_path: Path) -> None:
    """The nearest to it: no file of the process may grow beyond one block."""
    done = subprocess.run(
        [sys.executable, "-c", WRITTEN_WITHOUT_ROOM, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "The disk is full" in done.stdout
    with pytest.raises(ModelCorrupt, match="not whole"):
        read_arrays(tmp_path, "some")


@pytest.mark.skipif(not UNREADABLE.exists(), reason="no /proc here")
@pytest.mark.parametrize("read", [verify_arrays, lambda folder: read_arrays(folder, "some")])
def test_an_array_that_the_disk_does_not_give_back_is_damage(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    write_arrays(tmp_path, "some", NearConfig(), {"large": np.zeros(10_000)})
    array, description = tmp_path / "large.npy", tmp_path / DESCRIPTION
    told = f'"n_bytes": {array.stat().st_size}'
    array.unlink()
    array.symlink_to(UNREADABLE)
    description.write_text(description.read_text().replace(told, '"n_bytes": 0'))
    with pytest.raises(ModelCorrupt, match="Input/output error"):
        read(tmp_path)


def test_a_description_that_the_disk_does_not_give_back_is_damage(tmp_path: Path) -> None:
    (tmp_path / DESCRIPTION).mkdir()
    with pytest.raises(ModelCorrupt, match="cannot be read"):
        read_arrays(tmp_path, "some")
