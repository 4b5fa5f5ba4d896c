"""Where nothing may be left out, what is left out fails; elsewhere it is left out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = """
import pytest

def test_without_its_server():
    pytest.skip("no server")

@pytest.mark.skipif(True, reason="no data")
def test_without_its_data():
    pass

@pytest.mark.xfail
def test_of_a_known_fault():
    assert False

def test_that_passes():
    pass
"""
LEFT_OUT_AS_A_WHOLE = "import pytest\npytest.skip('no browser', allow_module_level=True)\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [(LEFT_OUT, "1 failed, 1 passed, 1 xfailed, 1 error"), (LEFT_OUT_AS_A_WHOLE, "1 error")],
)
def test_what_is_left_out_fails_only_where_nothing_may_be(
    tmp_path: Path, content: str, said: str
) -> None:
    (tmp_path / "test_left_out.py").write_text(content)
    here = _run(tmp_path, "")
    assert here.returncode in (0, pytest.ExitCode.NO_TESTS_COLLECTED), here.stdout
    there = _run(tmp_path, "1")
    assert there.returncode != 0
    assert said in there.stdout
    assert "Nothing may be left out here" in there.stdout


def _run(folder: Path, no_skips: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    environment = {
        **os.environ,
        "TASTEMAKER_TEST_NO_SKIPS": no_skips,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
    }
    return subprocess.run(
        [*command, "test_left_out.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
