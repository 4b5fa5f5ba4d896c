"""A role as `tastemaker role` runs it, by a clock that a test sets: HOME OFFSET_FILE NAME."""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from tastemaker.config import load_settings
from tastemaker.core.clock import system_clock
from tastemaker.roles.running import run_until_stopped
from tastemaker.wire import open_roles


def main(home: Path, offset_file: Path, name: str) -> None:
    def clock() -> datetime:
        return system_clock() + timedelta(seconds=float(offset_file.read_text()))

    with open_roles(load_settings(home=home), [name], clock=clock) as running:
        run_until_stopped(running, lambda: None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
