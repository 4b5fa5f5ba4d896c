"""How long it takes from files to what models and server read, and how much memory.

Run as a program with a source and a home folder it ingests once and prints seconds and peak MiB:
a process of its own, so that the peak is that of the ingest alone.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import polars as pl

from benchmarks.table import Row
from tastemaker.core.clock import system_clock
from tastemaker.core.ids import UserId
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.preprocess import Preprocess
from tastemaker.features.store import FeatureConfig, FeatureSet, FeatureStore
from tastemaker.features.training_set import build_training_set
from tastemaker.ingest.catalogue import Catalogue, build_catalogue, save_catalogue
from tastemaker.ingest.dataset import Dataset
from tastemaker.ingest.dataset_store import DatasetStore
from tastemaker.ingest.ingest import Ingest
from tastemaker.ingest.limits import IngestConfig
from tastemaker.ingest.open_source import open_source

LARGE_CATALOGUE = 90_000

Made = TypeVar("Made")


def rows(data_dir: Path) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        home = Path(folder)
        yield from _ingest(data_dir / "ml-1m", home / "data")
        dataset = DatasetStore(home / "data").current()
        if dataset is None:
            raise RuntimeError("the ingest wrote nothing")
        store = FeatureStore(home / "features", FeatureConfig())
        preprocess = Preprocess(store, FeedbackWeights())
        made, took_s = _timed(
            lambda: preprocess.run(dataset, clock=system_clock, on_progress=lambda _s, _f: None)
        )
        yield Row("feature tables and histories of ML-1M", f"{took_s:.1f} s")
        yield _training_set(dataset)
        yield _past(dataset, made)
        yield _catalogue(dataset, home / "catalogue.parquet")


def _ingest(source: Path, store: Path) -> Iterator[Row]:
    first, again = _in_a_process(source, store), _in_a_process(source, store)
    _, bare_s = _timed(lambda: _bare_read(source / "ratings.dat"))
    yield Row(
        "ingest of ML-1M (1,000,209 ratings)",
        f"{first['took_s']:.1f} s",
        "<= 5 s",
        f"{bare_s:.1f} s to split its lines in plain Python, nothing checked or stored",
    )
    yield Row("the same again: read, checked, found unchanged", f"{again['took_s']:.1f} s")
    yield Row("peak memory of that ingest", f"{first['peak_mib']:.0f} MiB", "<= 1 GB")


def _in_a_process(source: Path, store: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.ingest", str(source), str(store)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(answer.stdout)
    return measured


def _bare_read(path: Path) -> int:
    with path.open(encoding="latin-1") as lines:
        return len([line.rstrip("\n").split("::") for line in lines])


def _training_set(dataset: Dataset) -> Row:
    interactions, items = dataset.read_interactions(), dataset.read_items()
    _, took_s = _timed(lambda: build_training_set(interactions, items, FeedbackWeights()))
    return Row("training set of ML-1M", f"{took_s:.2f} s", "<= 1 s")


def _past(dataset: Dataset, made: FeatureSet) -> Row:
    histories = made.histories()
    interactions = dataset.read_interactions()
    user_ids = interactions["user_id"].unique().sort().to_list()
    _, all_s = _timed(lambda: [histories.past(UserId(user)) for user in user_ids])
    some = user_ids[:: len(user_ids) // 20]
    _, filtered_s = _timed(
        lambda: [interactions.filter(pl.col("user_id") == user).rows() for user in some]
    )
    return Row(
        "past of one data-set user (166 events on average)",
        f"{all_s / len(user_ids) * 1e6:.0f} µs",
        peer=f"{filtered_s / len(some) * 1e6:.0f} µs by a polars filter of the loaded table",
    )


def _catalogue(dataset: Dataset, path: Path) -> Row:
    """The real films, repeated under other ids until there are enough."""
    films = build_catalogue(dataset)
    copies = [
        films.with_columns(pl.col("item_id") + f"-{copy}")
        for copy in range(LARGE_CATALOGUE // len(films) + 1)
    ]
    save_catalogue(pl.concat(copies).head(LARGE_CATALOGUE), path)
    _, took_s = _timed(lambda: Catalogue.load(path))
    return Row(f"catalogue of {LARGE_CATALOGUE:,} items loaded", f"{took_s:.2f} s", "<= 0.5 s")


def _timed(work: Callable[[], Made]) -> tuple[Made, float]:
    started_s = time.perf_counter()
    made = work()
    return made, time.perf_counter() - started_s


def main(source: str, store: str) -> None:
    ingest = Ingest(DatasetStore(Path(store)), IngestConfig())
    _, took_s = _timed(
        lambda: ingest.run(open_source(source), clock=system_clock, on_progress=lambda _s, _f: None)
    )
    # Not getrusage: Linux hands the peak of the parent on to it.
    status = Path("/proc/self/status").read_text().splitlines()
    peak_mib = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    print(json.dumps({"took_s": took_s, "peak_mib": peak_mib}))


if __name__ == "__main__":
    main(*sys.argv[1:])
