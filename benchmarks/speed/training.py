"""What the training of a variant costs as a person runs it: seconds and peak memory."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.speed.command_cost import command, only, run
from benchmarks.table import Row

VARIANTS = ("transitions", "full")


def rows(data_dir: Path) -> Iterator[Row]:
    bounds = {"full on ML-1M": "<= 180 s, <= 4 GiB", "full on the bundled data": "<= 40 s"}
    sources = {"ML-1M": str(data_dir / "ml-1m"), "the bundled data": "movielens-small"}
    for place, source in sources.items():
        with TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            for step in (("ingest", source), ("preprocess",), ("movies",)):
                run(command(home, *step), {})
            for variant in VARIANTS:
                cost = run(command(home, "train"), only(variant))
                what = f"{variant} on {place}"
                figures = f"{cost.took_s:.0f} s, {cost.peak_gib:.1f} GiB peak"
                yield Row(f"whole training of {what}", figures, bounds.get(what, ""))
