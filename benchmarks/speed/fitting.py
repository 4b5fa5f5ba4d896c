"""How long each model takes to fit, in how much memory, and how good it is beside its peers.

Run as a program with a case, `peers` or `models`, a name and a file of arrays it does that one
thing and prints JSON: a process of its own, so that the peak is that of one fit. The compiled
code is warm, as it is after the first training on a machine.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import PEERS
from benchmarks.table import Row
from tastemaker.core.clock import system_clock
from tastemaker.core.history import History
from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet
from tastemaker.core.weights import FeedbackWeights
from tastemaker.ingest.dataset_store import DatasetStore
from tastemaker.ingest.ingest import Ingest
from tastemaker.ingest.limits import IngestConfig
from tastemaker.ingest.open_source import open_source
from tastemaker.models.blas_threads import limit_blas_threads
from tastemaker.models.registry import MODELS
from tastemaker.train.measure import ScoreMany, measure, scores_at
from tastemaker.train.split import Protocol, Split, SplitConfig
from tastemaker.train.split_data import split_data

BOUNDS = {"transitions": "<= 30 s, <= 3,072 MiB"}
WITHOUT_TEXTS = ("popular", "item_knn", "als", "ials", "ease", "near", "transitions")
BESIDE = "ML-1M, strong split"
N_SCORED = 500
LARGE_N_ITEMS = 100_000
LARGE = "on 100,000 items (30,000 users, 3 million events)"


def rows(data_dir: Path) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        last_out, strong = Path(folder) / "last-out.npz", Path(folder) / "strong.npz"
        _save_splits(data_dir / "ml-1m", last_out, strong)
        for name in WITHOUT_TEXTS:
            yield _model_row(name, _measured("models", name, last_out))
        yield from _beside_peers(strong)
        large = Path(folder) / "large.npz"
        _save(large, _large_split())
        for name in ("transitions", "ease", "item_knn"):
            figures = _measured("models", name, large)
            cost = f"{figures['fit_s']:.0f} s, {figures['peak_mib']:,.0f} MiB peak"
            yield Row(f"fit of {name} {LARGE}", cost)


def _model_row(name: str, figures: dict[str, float]) -> Row:
    fit = f"{figures['fit_s']:.1f} s, {figures['peak_mib']:,.0f} MiB peak"
    score = f"{figures['scores_per_s']:,.0f} scores/s on one core"
    ours = f"{fit}; {score}; NDCG@10 {figures['ndcg@10']:.4f}"
    return Row(f"fit of {name} on ML-1M, leave-last-out", ours, BOUNDS.get(name, ""))


def _beside_peers(strong: Path) -> Iterator[Row]:
    """All in one run: seconds to fit, of one history a call to answer, and what it is worth."""
    for name in WITHOUT_TEXTS:
        yield Row(f"{BESIDE}: {name}", _cell(_measured("models", name, strong)))
    for name in PEERS:
        yield Row(f"{BESIDE}: {name}", "", peer=_cell(_measured("peers", name, strong)))


def _cell(figures: dict[str, float]) -> str:
    cost = f"fit {figures['fit_s']:.1f} s, {figures['peak_mib']:,.0f} MiB peak"
    return f"{cost}; {figures['scores_per_s']:,.0f} scores/s; NDCG@100 {figures['ndcg@100']:.4f}"


def _measured(kind: str, name: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.speed.fitting", kind, name, str(path)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return figures


def main(kind: str, name: str, path: str) -> None:
    split = _load(Path(path))
    limit_blas_threads(1)
    fit = _fit_model if kind == "models" else lambda name, training: PEERS[name](training)
    fit(name, split.training.users(np.arange(min(20, split.training.n_users))))
    started_s = time.perf_counter()
    score_many = fit(name, split.training)
    fit_s = time.perf_counter() - started_s
    figures = {"fit_s": fit_s, "peak_mib": _peak_mib()}
    if split.training.n_items < LARGE_N_ITEMS:
        per_user = measure(score_many, split, (10, 100)).per_user
        figures |= {metric: float(per_user[metric].mean()) for metric in ("ndcg@10", "ndcg@100")}
        figures["scores_per_s"] = _scores_per_s(score_many, split.histories)
    print("\n" + json.dumps(figures))


def _peak_mib() -> float:
    """Of this program alone; getrusage would count what its parent held when it forked."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def _scores_per_s(score_many: ScoreMany, histories: Sequence[History]) -> float:
    """One history a call, as a server scores."""
    unknown = np.zeros(1, np.int64)
    started_s = time.perf_counter()
    for history in histories[:N_SCORED]:
        scores_at(score_many, [history], unknown)
    return min(N_SCORED, len(histories)) / (time.perf_counter() - started_s)


def _fit_model(name: str, training: TrainingSet) -> ScoreMany:
    config = MODELS[name].config_class()
    return MODELS[name].fit(training, config, np.random.default_rng(0)).score_many


def _save_splits(source: Path, last_out: Path, strong: Path) -> None:
    with TemporaryDirectory() as store:
        datasets = DatasetStore(Path(store))
        Ingest(datasets, IngestConfig()).run(
            open_source(str(source)), clock=system_clock, on_progress=lambda _s, _f: None
        )
        dataset = datasets.current()
        if dataset is None:
            raise RuntimeError("the ingest wrote nothing")
        interactions = dataset.read_interactions()
    for protocol, path in ((Protocol.LAST_OUT, last_out), (Protocol.STRONG, strong)):
        splits = split_data(interactions, None, protocol, FeedbackWeights(), SplitConfig())
        _save(path, splits.test)


def _large_split() -> Split:
    """Popularity falls as 1 / (rank + 100); nobody is asked."""
    rng = np.random.default_rng(0)
    share = 1.0 / (np.arange(LARGE_N_ITEMS) + 100.0)
    drawn = rng.choice(LARGE_N_ITEMS, size=(30_000, 110), p=share / share.sum())
    users = [np.array(list(dict.fromkeys(row.tolist())), np.int32)[:100] for row in drawn]
    ptr = np.cumsum([0, *(len(items) for items in users)])
    item = np.concatenate(users)
    training = _training(LARGE_N_ITEMS, ptr, item, np.zeros(len(item), np.int64))
    return Split(training, np.empty(0, np.str_), [], [], np.empty(0, np.int64))


def _training(
    n_items: int, ptr: NDArray[np.int64], item: NDArray[np.int32], at_s: NDArray[np.int64]
) -> TrainingSet:
    item_ids = np.arange(n_items).astype(np.str_)
    ones = np.ones(len(item), np.float32)
    return TrainingSet(item_ids, ptr, item, ones, at_s, ItemAttributes.none(n_items))


def _save(path: Path, split: Split) -> None:
    def joined(arrays: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
        return np.concatenate([np.empty(0, np.int32), *arrays])

    def bounds(arrays: Sequence[NDArray[np.int32]]) -> NDArray[np.int64]:
        return np.cumsum([0, *map(len, arrays)])

    given = [history.item for history in split.histories]
    np.savez(
        path,
        n_items=split.training.n_items,
        ptr=split.training.user_ptr,
        item=split.training.item,
        at_s=split.training.at_s,
        given=joined(given),
        given_ptr=bounds(given),
        relevant=joined(split.relevant),
        relevant_ptr=bounds(split.relevant),
    )


def _load(path: Path) -> Split:
    with np.load(path) as saved:
        training = _training(int(saved["n_items"]), saved["ptr"], saved["item"], saved["at_s"])
        given = np.split(saved["given"], saved["given_ptr"][1:-1])
        relevant = np.split(saved["relevant"], saved["relevant_ptr"][1:-1])
        n_cases = len(saved["given_ptr"]) - 1
    if not n_cases:
        return Split(training, np.empty(0, np.str_), [], [], np.empty(0, np.int64))
    histories = [
        History(item, np.ones(len(item), np.float32), np.zeros(len(item), np.int64))
        for item in given
    ]
    user_ids = np.arange(n_cases).astype(np.str_)
    return Split(training, user_ids, histories, relevant, np.zeros(n_cases, np.int64))


if __name__ == "__main__":
    main(*sys.argv[1:])
