"""Serving must not pay for what only fitting needs."""

import subprocess
import sys

PROGRAM = """
import sys
import tastemaker.models.bundle
print(*{name.split(".")[0] for name in sys.modules})
"""


def test_loading_models_imports_nothing_that_only_fitting_needs() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )
    assert not {"irspack", "numba", "optuna", "pandas"} & set(answer.stdout.split())
