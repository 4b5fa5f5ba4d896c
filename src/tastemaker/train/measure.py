"""Ask one scorer about every case of a split and keep what it is worth, user by user."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.history import History
from tastemaker.train.rank_metrics import PerUser, rank_metrics
from tastemaker.train.ranks import ranks_of_relevant, top_lists
from tastemaker.train.split import Split


@dataclass(frozen=True, slots=True)
class AtMoments:
    """A scorer that is also told when each answer is wanted: int64 (n,) Unix seconds, 0 unknown."""

    score_many: Callable[[Sequence[History], NDArray[np.int64]], NDArray[np.float32]]


ScoreMany = Callable[[Sequence[History]], NDArray[np.float32]] | AtMoments
"""(n,) histories to (n, n_items) scores; -inf: not recommended. What was seen may have a score."""

SCORES_AT_ONCE = 4_000_000
"""Bounds the memory of one block of cases: some 16 bytes a score."""


@dataclass(frozen=True, slots=True)
class Measured:
    """per_user: every metric at every k, (n_cases,) values each, novelty among them.

    overall: coverage at every k, which only all lists together have. score_s: seconds of scoring.
    """

    per_user: PerUser
    overall: Mapping[str, float]
    score_s: float


def measure(score_many: ScoreMany, split: Split, ks: Sequence[int]) -> Measured:
    """The whole vocabulary is ranked for every case, what is in the history excluded."""
    bits = _self_information(split)
    is_shown = np.zeros((len(ks), split.training.n_items), np.bool_)
    ranks: list[NDArray[np.int64]] = []
    novelty: list[NDArray[np.float64]] = []
    score_s = 0.0
    for block in _blocks(split):
        started_s = time.perf_counter()
        given = scores_at(score_many, split.histories[block], split.request_at_s[block])
        scores = np.array(given, np.float32)
        score_s += time.perf_counter() - started_s
        _exclude(scores, split.histories[block])
        ranks += ranks_of_relevant(scores, split.relevant[block])
        lists = top_lists(scores, max(ks))
        novelty.append(np.stack([_mean_bits(lists[:, :k], bits) for k in ks]))
        for shown, k in zip(is_shown, ks, strict=True):
            first = lists[:, :k]
            shown[first[first >= 0]] = True
    per_user = dict(rank_metrics(ranks, ks))
    per_user |= dict(
        zip([f"novelty@{k}" for k in ks], np.concatenate(novelty, axis=1), strict=True)
    )
    covered = is_shown.mean(axis=1)
    overall = {f"coverage@{k}": float(share) for k, share in zip(ks, covered, strict=True)}
    return Measured(per_user, overall, score_s)


def scores_at(
    score_many: ScoreMany, histories: Sequence[History], request_at_s: NDArray[np.int64]
) -> NDArray[np.float32]:
    if isinstance(score_many, AtMoments):
        return score_many.score_many(histories, request_at_s)
    return score_many(histories)


def _blocks(split: Split) -> Iterator[slice]:
    n_at_once = max(1, SCORES_AT_ONCE // max(1, split.training.n_items))
    return (slice(at, at + n_at_once) for at in range(0, split.n_cases, n_at_once))


def _exclude(scores: NDArray[np.float32], histories: Sequence[History]) -> None:
    for row, history in zip(scores, histories, strict=True):
        row[history.item] = -np.inf


def _self_information(split: Split) -> NDArray[np.float64]:
    """(n_items,) bits: -log2 of the share of training users; one nobody used counts as one user."""
    training = split.training
    n_users = np.maximum(np.bincount(training.item, minlength=training.n_items), 1)
    share = n_users / max(training.n_users, 1)
    return -np.log2(share)


def _mean_bits(lists: NDArray[np.int32], bits: NDArray[np.float64]) -> NDArray[np.float64]:
    shown = lists >= 0
    total = np.where(shown, bits[lists], 0.0).sum(axis=1)
    n_shown = np.maximum(np.count_nonzero(shown, axis=1), 1)
    mean: NDArray[np.float64] = total / n_shown
    return mean
