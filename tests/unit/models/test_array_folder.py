"""Arrays on a disk that takes no more."""

import subprocess
import sys
from pathlib import Path

import pytest

from tastemaker.core.errors import ModelCorrupt
from tastemaker.models.array_folder import read_arrays

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
