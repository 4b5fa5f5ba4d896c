"""Metrics: cases worked by hand, laws, and agreement with an independent library."""

import math

import numpy as np
import pytest
import pytrec_eval
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tastemaker.train import metrics

SHOWN = ["a", "b", "c", "d", "e"]
RELEVANT = frozenset("bdz")
"""Found at ranks 2 and 4; z is never shown."""

PER_LIST = [
    metrics.recall,
    metrics.precision,
    metrics.hit_rate,
    metrics.reciprocal_rank,
    metrics.average_precision,
    metrics.ndcg,
]
lists = st.permutations(range(12)).flatmap(
    lambda items: st.integers(0, 12).map(lambda n_shown: items[:n_shown])
)
sets = st.frozensets(st.integers(0, 15), max_size=10)
ks = st.integers(1, 20)


def test_by_hand_at_five() -> None:
    assert metrics.recall(SHOWN, RELEVANT, 5) == pytest.approx(2 / 3)
    assert metrics.precision(SHOWN, RELEVANT, 5) == pytest.approx(2 / 5)
    assert metrics.hit_rate(SHOWN, RELEVANT, 5) == 1.0
    assert metrics.reciprocal_rank(SHOWN, RELEVANT, 5) == pytest.approx(1 / 2)
    assert metrics.average_precision(SHOWN, RELEVANT, 5) == pytest.approx((1 / 2 + 2 / 4) / 3)
    gained = 1 / math.log2(3) + 1 / math.log2(5)
    best = 1 / math.log2(2) + 1 / math.log2(3) + 1 / math.log2(4)
    assert metrics.ndcg(SHOWN, RELEVANT, 5) == pytest.approx(gained / best)


def test_by_hand_where_the_list_is_shorter_than_what_is_relevant() -> None:
    assert metrics.recall(SHOWN, RELEVANT, 2) == pytest.approx(1 / 2)
    assert metrics.average_precision(SHOWN, RELEVANT, 2) == pytest.approx((1 / 2) / 2)
    assert metrics.precision(["b"], RELEVANT, 4) == pytest.approx(1 / 4)


def test_novelty_is_the_mean_surprise_in_bits() -> None:
    share = {"a": 0.5, "b": 0.125, "c": 1.0}
    assert metrics.novelty(["a", "b", "c"], share, 2) == pytest.approx((1 + 3) / 2)
    assert metrics.novelty([], share) == 0.0


def test_coverage_counts_each_item_once() -> None:
    assert metrics.coverage([["a", "b"], ["b", "c"], []], n_items=8, k=2) == pytest.approx(3 / 8)
    assert metrics.coverage([["a", "b"], ["b", "a"]], n_items=8, k=1) == pytest.approx(2 / 8)
    assert metrics.coverage([], n_items=0) == 0.0


@pytest.mark.parametrize("metric", PER_LIST)
def test_nothing_relevant_or_nothing_shown_is_worth_nothing(metric: metrics.OfList) -> None:
    assert metric(SHOWN, frozenset(), 5) == 0.0
    assert metric([], RELEVANT, 5) == 0.0


@pytest.mark.parametrize("metric", PER_LIST)
@settings(deadline=None)
@given(shown=lists, relevant=sets, k=ks)
def test_lies_in_the_unit_interval_and_ignores_what_is_beyond_k(
    metric: metrics.OfList, shown: list[int], relevant: frozenset[int], k: int
) -> None:
    value = metric(shown, relevant, k)
    assert 0.0 <= value <= 1.0 + 1e-12
    assert value == metric(shown[:k], relevant, k)


@pytest.mark.parametrize("metric", PER_LIST)
@settings(deadline=None)
@given(shown=st.permutations(range(12)), relevant=sets, k=ks)
def test_a_relevant_item_moved_up_is_never_worse(
    metric: metrics.OfList, shown: list[int], relevant: frozenset[int], k: int
) -> None:
    relevant |= {shown[1]}
    swapped = [shown[1], shown[0], *shown[2:]]
    assert metric(swapped, relevant, k) >= metric(shown, relevant, k) - 1e-12


@settings(deadline=None)
@given(relevant=st.frozensets(st.integers(0, 15), min_size=1), k=ks)
def test_the_perfect_list_is_worth_one(relevant: frozenset[int], k: int) -> None:
    perfect = [*relevant, *range(100, 120)]
    for metric in (metrics.recall, metrics.average_precision, metrics.ndcg, metrics.hit_rate):
        assert metric(perfect, relevant, k) == pytest.approx(1.0)


@settings(deadline=None)
@given(shown=lists, relevant=sets, k=ks)
def test_agrees_with_trec_eval(shown: list[int], relevant: frozenset[int], k: int) -> None:
    assume(shown and relevant)
    judged = {"q": {str(item): 1 for item in relevant}}
    run = {"q": {str(item): float(-place) for place, item in enumerate(shown)}}
    names = {f"{name}.{k}" for name in ("recall", "P", "ndcg_cut", "map_cut", "success")}
    theirs = pytrec_eval.RelevanceEvaluator(judged, names).evaluate(run)["q"]
    # trec_eval divides recall and MAP by all that is relevant, not by what a list of k can hold.
    capped = min(k, len(relevant)) / len(relevant)
    ours = {
        f"recall_{k}": metrics.recall(shown, relevant, k) * capped,
        f"P_{k}": metrics.precision(shown, relevant, k),
        f"ndcg_cut_{k}": metrics.ndcg(shown, relevant, k),
        f"map_cut_{k}": metrics.average_precision(shown, relevant, k) * capped,
        f"success_{k}": metrics.hit_rate(shown, relevant, k),
    }
    assert ours == pytest.approx({name: theirs[name] for name in ours}, abs=1e-6)
    assert np.isclose(
        metrics.reciprocal_rank(shown, relevant, len(shown)),
        pytrec_eval.RelevanceEvaluator(judged, {"recip_rank"}).evaluate(run)["q"]["recip_rank"],
    )
