"""A version that is worse stays out; one that is as good, or the first, goes in."""

from dataclasses import replace

import numpy as np
import pytest

from tastemaker.core.history import History
from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet
from tastemaker.train.gate import (
    CANDIDATE,
    IN_SERVICE,
    SIMILAR_ITEMS,
    Contest,
    GateConfig,
    Verdict,
    judge,
)
from tastemaker.train.measure import ScoreMany
from tastemaker.train.split import Split

N_ITEMS = 50


def jury(n_cases: int) -> Split:
    """Everybody has used item 0, and item 1 + (case % 40) next."""
    training = TrainingSet(
        item_ids=np.array([f"i{item:02}" for item in range(N_ITEMS)]),
        user_ptr=np.arange(n_cases + 1, dtype=np.int64),
        item=np.zeros(n_cases, np.int32),
        weight=np.ones(n_cases, np.float32),
        at_s=np.full(n_cases, 1_000, np.int64),
        attributes=ItemAttributes.none(N_ITEMS),
    )
    return Split(
        training,
        np.array([f"u{case}" for case in range(n_cases)]),
        list(training.histories()),
        [np.array([1 + case % 40], np.int32) for case in range(n_cases)],
        np.zeros(n_cases, np.int64),
    )


def finding(n_found: int) -> ScoreMany:
    """Ranks items 1 to n_found first, so that it answers n_found of 40 people well."""

    def score_many(histories: list[History]) -> np.ndarray:
        scores = -np.arange(N_ITEMS, dtype=np.float32)
        scores[1 : n_found + 1] += 100
        scores[n_found + 1 :] = -np.inf
        return np.tile(scores, (len(histories), 1))

    return score_many  # type: ignore[return-value]


def verdict(
    candidate: int,
    in_service: int | None,
    n_cases: int = 200,
    others: dict[str, int] | None = None,
    note: str = "",
) -> Verdict:
    """others: further scorers; those of the new version that have a namesake in service meet it."""
    scorers = {CANDIDATE: candidate, "popular": 1, **(others or {})}
    duels = [(CANDIDATE, "popular")]
    if in_service is not None:
        scorers[IN_SERVICE] = in_service
        pairs = [(f"{CANDIDATE}{v}", f"{IN_SERVICE}{v}") for v in ("", " tried")]
        duels += [pair for pair in pairs if pair[0] in scorers]
    contest = Contest({name: finding(n) for name, n in scorers.items()}, duels, note)
    return judge(contest, jury(n_cases), GateConfig(), np.random.default_rng(0))


def test_a_better_one_passes() -> None:
    assert verdict(candidate=8, in_service=4).passed


def test_the_same_again_passes() -> None:
    judged = verdict(candidate=6, in_service=6)
    assert judged.passed
    assert [one.difference for one in judged.compared if one.opponent == IN_SERVICE] == [0.0]


def test_a_worse_one_is_refused_with_the_difference() -> None:
    judged = verdict(candidate=2, in_service=8)
    assert not judged.passed
    assert judged.reason.startswith("Worse in ndcg@10: -0.")
    assert "in service" in judged.reason
    assert judged.metrics[CANDIDATE]["ndcg@10"] < judged.metrics[IN_SERVICE]["ndcg@10"]


def test_one_worse_than_a_baseline_is_refused_though_nothing_better_serves() -> None:
    assert not verdict(candidate=0, in_service=0).passed


def test_the_first_serves_whatever_it_is_worth_and_says_so() -> None:
    judged = verdict(candidate=0, in_service=None, note="The first to be trained.")
    assert judged.passed
    assert "Worse" in judged.reason
    assert "The first to be trained. It serves all the same" in judged.reason


def test_a_variant_that_is_tried_on_people_keeps_a_version_out_like_the_default() -> None:
    both = {"candidate tried": 2, "in service tried": 8}
    judged = verdict(candidate=8, in_service=8, others=both)
    assert not judged.passed
    assert judged.reason.startswith("Worse in ndcg@10: tried -0.")
    assert "against in service tried" in judged.reason
    assert verdict(candidate=8, in_service=8, others={**both, "candidate tried": 8}).passed


def test_a_variant_that_nobody_is_shown_is_measured_and_decides_nothing() -> None:
    judged = verdict(candidate=8, in_service=8, others={"candidate full": 0})
    assert judged.passed
    assert judged.metrics["candidate full"]["ndcg@10"] < judged.metrics[CANDIDATE]["ndcg@10"]
    assert "full" not in judged.reason


def test_on_the_pages_of_items_nothing_but_the_newest_item_is_told() -> None:
    asked: list[History] = []

    def remembered(histories: list[History]) -> np.ndarray:
        asked.extend(histories)
        return np.tile(-np.arange(N_ITEMS, dtype=np.float32), (len(histories), 1))

    people = jury(30)
    weight, at_s = np.array([0.5, 1], np.float32), np.array([1_000, 900], np.int64)
    longer = [History(np.array([49, 0], np.int32), weight, at_s)] * 30
    contest = Contest(
        {CANDIDATE: finding(8)},
        [],
        on_pages={f"{CANDIDATE} {SIMILAR_ITEMS}": remembered},  # type: ignore[dict-item]
    )
    cases = replace(people, histories=longer)
    judged = judge(contest, cases, GateConfig(), np.random.default_rng(0))
    assert judged.metrics.keys() == {CANDIDATE, f"{CANDIDATE} {SIMILAR_ITEMS}"}
    assert [(*one.item, *one.weight, *one.at_s) for one in asked] == [(49, 1, 0)] * 30


@pytest.mark.parametrize("n_cases", [0, 200])
def test_what_is_to_be_known_of_what_serves_is_said(n_cases: int) -> None:
    judged = verdict(candidate=8, in_service=4, n_cases=n_cases, note="It is damaged.")
    assert judged.reason.endswith(". It is damaged.")


@pytest.mark.parametrize("n_cases", [0, 19])
def test_with_too_few_people_nothing_is_refused(n_cases: int) -> None:
    judged = verdict(candidate=0, in_service=8, n_cases=n_cases)
    assert judged.passed
    assert judged.reason.startswith(f"Not compared: {n_cases} people")
