"""`python -m benchmarks [NAME ...]`: runs the named benchmarks, or all, and prints one table.

A benchmark is a module of this package with `rows(data_dir: Path) -> Iterator[Row]`. The data is
read from TASTEMAKER_DATA_DIR. Figures are printed, never asserted.
"""

import importlib
import os
import pkgutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

import benchmarks
from benchmarks.table import Row, render

LINE_WIDTH = 160
"""Of the table where it goes to a file."""
NOT_BENCHMARKS = {"__main__", "peers", "table"}


def names() -> list[str]:
    found = {module.name for module in pkgutil.iter_modules(benchmarks.__path__)}
    return sorted(found - NOT_BENCHMARKS)


def parts() -> list[str]:
    """Of benchmarks that have several: each runs by its own name too."""
    folders = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.ispkg]
    modules = (
        f"{name}.{part.name}"
        for name in folders
        for part in pkgutil.iter_modules(importlib.import_module(f"benchmarks.{name}").__path__)
    )
    return sorted(
        name for name in modules if hasattr(importlib.import_module(f"benchmarks.{name}"), "rows")
    )


def run(name: str, data_dir: Path, console: Console) -> Iterator[Row]:
    """The rows of one benchmark, told on the console as they come."""
    started_s = time.perf_counter()
    console.print(f"[bold]{name}[/bold]")
    for row in importlib.import_module(f"benchmarks.{name}").rows(data_dir):
        console.print(f"  {row.what}: {row.ours or row.peer}", markup=False, soft_wrap=True)
        yield row
    console.print(f"  took {time.perf_counter() - started_s:.0f} s")


def main(arguments: Sequence[str]) -> int:
    """Exit status: 0; 1 where a benchmark failed; 2 where it was asked for something unknown."""
    progress = Console(stderr=True)
    known = names()
    unknown = [name for name in arguments if name not in {*known, *parts()}]
    data_dir = os.environ.get("TASTEMAKER_DATA_DIR")
    if unknown or not data_dir:
        reason = f"No benchmark {unknown[0]!r}." if unknown else "TASTEMAKER_DATA_DIR is not set."
        progress.print(f"{reason} Benchmarks: {', '.join([*known, *parts()])}.", markup=False)
        return 2
    rows: list[Row] = []
    failed = False
    for name in arguments or known:
        try:
            rows.extend(run(name, Path(data_dir), progress))
        except Exception:  # one broken benchmark must not lose the figures of the others
            progress.print_exception()
            rows.append(Row(what=f"{name} failed, see above", ours="-"))
            failed = True
    Console(width=None if sys.stdout.isatty() else LINE_WIDTH).print(render("Benchmarks", rows))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
