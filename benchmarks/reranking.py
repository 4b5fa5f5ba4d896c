"""What variety and newness cost in quality, and what they give, on the item before the last.

Lists are those of `transitions`, ten items long; intra-list diversity is the mean of 1 - cosine of
genres over all pairs of a list (Smyth & McClave 2001).
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import Row
from tastemaker.core.clock import system_clock
from tastemaker.core.weights import FeedbackWeights
from tastemaker.ingest.limits import IngestConfig
from tastemaker.models.text_terms import of_length
from tastemaker.models.transitions import Transitions, TransitionsConfig
from tastemaker.recommend.rerank import ItemTraits, RerankConfig, Reranker
from tastemaker.recommend.retrieve import top
from tastemaker.train.batch_files import read_source
from tastemaker.train.split import Protocol, Split, SplitConfig
from tastemaker.train.split_data import split_data

K = 10
N_CANDIDATES = 300
N_USERS = 3_000
SEED = 42
STRENGTHS: tuple[dict[str, float], ...] = (
    {},
    {"diversity": 0.1},
    {"diversity": 0.2},
    {"diversity": 0.3},
    {"diversity": 0.5},
    {"freshness": 0.2},
    {"freshness": 0.5},
    {"freshness": 0.8},
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """item, score: (N_CANDIDATES,) or fewer, best first. target: what the person chose next."""

    item: NDArray[np.int32]
    score: NDArray[np.float32]
    target: int


def rows(data_dir: Path) -> Iterator[Row]:
    for name, folder in (("ML-1M", "ml-1m"), ("latest-small", "ml-latest-small")):
        split = _validation(data_dir / folder)
        traits = _traits(split)
        rankings = _rankings(split)
        for strengths in STRENGTHS:
            reranker = Reranker(RerankConfig.model_validate(strengths), traits)
            said = ", ".join(f"{key} {value}" for key, value in strengths.items()) or "off"
            yield Row(f"rerank, {name}, {said}", _figures(rankings, reranker, traits))
        deep = Reranker(RerankConfig(diversity=0.5, freshness=0.5, depth=N_CANDIDATES), traits)
        took_ms = _median_ms(rankings, deep)
        yield Row(f"rerank of {N_CANDIDATES} candidates, {name}", f"{took_ms:.2f} ms", "<= 0.5 ms")


def _figures(rankings: Sequence[Ranking], reranker: Reranker, traits: ItemTraits) -> str:
    lists = [_shown(ranking, reranker) for ranking in rankings]
    gains = [
        (1 / np.log2(np.flatnonzero(shown == ranking.target) + 2)).sum()
        for shown, ranking in zip(lists, rankings, strict=True)
    ]
    covered = len(np.unique(np.concatenate(lists))) / len(traits.year)
    variety = np.mean([_variety(traits.genres[shown]) for shown in lists])
    years = np.concatenate([traits.year[shown] for shown in lists])
    return (
        f"NDCG@10 {np.mean(gains):.4f}, diversity {variety:.3f}, coverage {covered:.3f},"
        f" mean year {years[years > 0].mean():.1f}"
    )


def _shown(ranking: Ranking, reranker: Reranker) -> NDArray[np.int32]:
    n_read = reranker.n_read(K)
    item, score = ranking.item[:n_read], ranking.score[:n_read]
    return item[reranker.order(item, score, K)]


def _variety(genres: NDArray[np.float32]) -> float:
    n = len(genres)
    cosine = genres @ genres.T
    return float(1 - (cosine.sum() - np.trace(cosine)) / (n * (n - 1))) if n > 1 else 0.0


def _median_ms(rankings: Sequence[Ranking], reranker: Reranker) -> float:
    took_s = []
    for ranking in rankings:
        started_s = time.perf_counter()
        reranker.order(ranking.item, ranking.score, K)
        took_s.append(time.perf_counter() - started_s)
    return float(np.median(took_s)) * 1_000


def _validation(source: Path) -> Split:
    tables = read_source(
        str(source), None, IngestConfig(), clock=system_clock, on_progress=lambda _s, _f: None
    )
    return split_data(
        tables.interactions, tables.items, Protocol.LAST_OUT, FeedbackWeights(), SplitConfig()
    ).validation


def _traits(split: Split) -> ItemTraits:
    attributes = split.training.attributes
    return ItemTraits(of_length(attributes.item_genre, 1.0).toarray(), attributes.year)


def _rankings(split: Split) -> list[Ranking]:
    """Of N_USERS drawn, or of all where there are fewer."""
    rng = np.random.default_rng(SEED)
    asked = np.sort(rng.permutation(split.n_cases)[:N_USERS])
    model = Transitions.fit(split.training, TransitionsConfig(), rng)
    found = []
    for case in asked:
        scores = model.score(split.histories[case])
        scores[split.histories[case].item] = -np.inf
        item = top(scores, N_CANDIDATES).astype(np.int32)
        found.append(Ranking(item, scores[item], int(split.relevant[case][0])))
    return found
