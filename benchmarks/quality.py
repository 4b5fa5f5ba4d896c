"""How good the models are on MovieLens 1M and latest-small, beside peers measured in the same run.

Settings are the defaults of every model, chosen on validation users of MovieLens 1M alone. What
differs between a second stage and its own models is measured by `second_stage`. Rows marked
published repeat figures of others, measured by them under the same protocol.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import PEERS
from benchmarks.table import Row
from tastemaker.config import DEFAULT_VARIANTS
from tastemaker.core.clock import system_clock
from tastemaker.core.history import History
from tastemaker.core.weights import FeedbackWeights
from tastemaker.ingest.limits import IngestConfig
from tastemaker.models.blas_threads import blas_threads, n_cores
from tastemaker.models.manifest import Provenance
from tastemaker.recommend.variant import Scorer, VariantConfig, scorer
from tastemaker.train.batch_files import read_source
from tastemaker.train.evaluate import Evaluation, evaluate
from tastemaker.train.fit import fit_models
from tastemaker.train.run_evaluation import as_asked
from tastemaker.train.served_scores import served
from tastemaker.train.split import Protocol, Split, SplitConfig
from tastemaker.train.split_data import split_data

SEED = 42
FOLDERS = ("ml-1m", "ml-latest-small")
KS = {Protocol.STRONG: (100,), Protocol.LAST_OUT: (10,)}
SHOWN = {Protocol.STRONG: ("ndcg@100",), Protocol.LAST_OUT: ("hit_rate@10", "ndcg@10")}
BOUNDS = {
    ("ml-1m", Protocol.STRONG, "full"): "NDCG@100 >= .435",
    ("ml-1m", Protocol.LAST_OUT, "transitions"): "NDCG@10 >= .172",
    ("ml-1m", Protocol.LAST_OUT, "full"): "HR@10 >= .340; NDCG@10 >= .205",
}
RANKED = ("als_catboost", "ials_catboost", "full")
N_PROPOSED = 200
SINGLE = ("popular", "item_knn", "content", "als", "ials", "ease", "near", "transitions")
PUBLISHED_LAST_OUT = {
    "SASRec, one negative": (0.250, 0.134),
    "BERT4Rec": (0.284, 0.154),
    "eSASRec": (0.313, 0.177),
    "SASRec, cross-entropy": (0.321, 0.186),
    "HSTU": (0.323, 0.188),
    "HSTU, told the moment of the request": (0.364, 0.216),
}
"""HR@10 and NDCG@10 on MovieLens 1M, all trained on a GPU."""


def rows(data_dir: Path) -> Iterator[Row]:
    for folder in FOLDERS:
        tables = read_source(
            str(data_dir / folder), None, IngestConfig(), clock=system_clock, on_progress=_silent
        )
        for protocol in KS:
            splits = split_data(
                tables.interactions, tables.items, protocol, FeedbackWeights(), SplitConfig()
            )
            yield from _rows_of(folder, protocol, splits.test)
    for name, (hit_rate, ndcg) in PUBLISHED_LAST_OUT.items():
        figures = f"{hit_rate:.3f}; {ndcg:.3f} (published)"
        yield Row(f"ml-1m, last-out, hit_rate@10; ndcg@10: {name}", "", peer=figures)


def _rows_of(folder: str, protocol: Protocol, split: Split) -> Iterator[Row]:
    scorers = _ours(protocol, split)
    ours = {name: served(of_variant) for name, of_variant in scorers.items()}
    peers = {name: fitted(split.training) for name, fitted in PEERS.items()}
    test = evaluate(split, ours | peers, KS[protocol], np.random.default_rng(SEED), _silent)
    what = f"{folder}, {protocol}, {'; '.join(SHOWN[protocol])}"
    for name in ours:
        bound = BOUNDS.get((folder, protocol, name), "")
        yield Row(f"{what}: {name}", _figures(test, name, protocol), bound)
    for name in RANKED if protocol is Protocol.LAST_OUT else ():
        yield Row(
            f"{folder}, {protocol}, recall of the {N_PROPOSED} first candidates: {name}",
            f"{_recall(scorers[name], split):.4f}",
            ">= .72" if (folder, name) == ("ml-1m", "full") else "",
        )
    for name in peers:
        yield Row(f"{what}: {name}", "", peer=_figures(test, name, protocol))


def _ours(protocol: Protocol, split: Split) -> dict[str, Scorer]:
    alone = {name: VariantConfig(models=(name,)) for name in SINGLE}
    ranked = {name: DEFAULT_VARIANTS[name] for name in RANKED}
    variants, _ = as_asked({**alone, **ranked}, split, protocol)
    provenance = Provenance(
        version="benchmark", created_at=datetime(2026, 1, 1, tzinfo=UTC), data_version="", seed=SEED
    )
    bundle = fit_models(split.training, SINGLE, {}, provenance, _silent, variants=variants)
    return {name: scorer(variant, bundle, name) for name, variant in variants.items()}


def _recall(of_variant: Scorer, split: Split) -> float:
    """Mean share of what was asked for among what the ranker is given to order, best first."""

    def found(history: History, relevant: NDArray[np.int32]) -> float:
        allowed = np.ones(split.training.n_items, np.bool_)
        allowed[history.item] = False
        proposed = of_variant.candidates(history, allowed, N_PROPOSED).item[:N_PROPOSED]
        return float(np.isin(relevant, proposed).mean())

    with blas_threads(1), ThreadPoolExecutor(n_cores()) as pool:
        return float(np.mean(list(pool.map(found, split.histories, split.relevant))))


def _figures(evaluation: Evaluation, name: str, protocol: Protocol) -> str:
    intervals = [evaluation.intervals[name][metric] for metric in SHOWN[protocol]]
    return "; ".join(f"{one.mean:.4f} ({one.low:.4f} to {one.high:.4f})" for one in intervals)


def _silent(_step: str, _done: float) -> None:
    """Figures are told by the table alone."""
