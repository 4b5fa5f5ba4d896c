"""May these models go into service? Decided on events that no version was trained on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pydantic import BaseModel, Field

from tastemaker.train.bootstrap import difference
from tastemaker.train.item_page import on_item_pages
from tastemaker.train.measure import Measured, ScoreMany, measure
from tastemaker.train.split import Split

IN_SERVICE = "in service"
CANDIDATE = "candidate"
SIMILAR_ITEMS = "similar items"
"""Behind the name of a scorer that was asked what belongs on the page of an item."""
DEPTH = 200
"""Measured beside the length that decides: what a long list would find."""


class GateConfig(BaseModel, frozen=True, extra="forbid"):
    k: int = Field(default=10, ge=1)  # compared in NDCG at this length
    confidence: float = Field(default=0.95, gt=0.5, lt=1)  # in being worse, to be refused
    min_cases: int = Field(default=20, ge=1)  # people asked about; with fewer nothing is refused
    max_cases: int = Field(default=1_000, ge=1)  # whose held-out events are newest; bounds the cost


class Compared(BaseModel, frozen=True, extra="forbid"):
    """Of the candidate less the opponent, person by person.

    low, high: 95 % interval. probability_worse: share of resamples in which it is below 0.
    """

    candidate: str = CANDIDATE
    opponent: str
    difference: float
    low: float
    high: float
    probability_worse: float

    @property
    def variant(self) -> str:
        """Of the candidate; empty for the one that answers where none is named."""
        return self.candidate.removeprefix(CANDIDATE).lstrip()


class Verdict(BaseModel, frozen=True, extra="forbid"):
    """metrics: by scorer, the means over the people asked about; empty where nobody was."""

    passed: bool
    reason: str
    metric: str
    n_cases: int
    metrics: dict[str, dict[str, float]]
    compared: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class Contest:
    """scorers: by name, those of the new version, of what is in service (none where nothing is)
    and the baselines; a variant that is not a version's default has its name behind.

    on_pages: those that are asked about the pages of items, SIMILAR_ITEMS behind their names.
    duels: of one of the new version with an opponent; they decide, and all other scorers are
    measured to be looked at. note: what is to be known of what is in service, in a sentence.
    """

    scorers: Mapping[str, ScoreMany]
    duels: Sequence[tuple[str, str]]
    note: str = ""
    on_pages: Mapping[str, ScoreMany] = field(default_factory=dict)


def judge(contest: Contest, cases: Split, config: GateConfig, rng: np.random.Generator) -> Verdict:
    """Passed unless one of the new version is worse than an opponent with the confidence asked for.

    Where nothing is in service it passes whatever it is worth, for somebody must answer; the
    reason then says what it is worse than.
    """
    metric = f"ndcg@{config.k}"
    if cases.n_cases < config.min_cases:
        few = f"Not compared: {cases.n_cases} people to ask about, {config.min_cases} are needed."
        return _verdict(True, _noted(few, contest), metric, cases.n_cases, {}, ())
    ks = sorted({config.k, DEPTH})
    measured = {name: measure(scores, cases, ks) for name, scores in contest.scorers.items()}
    pages = on_item_pages(cases)
    measured |= {name: measure(scores, pages, ks) for name, scores in contest.on_pages.items()}
    compared = tuple(
        _compared(candidate, opponent, measured, metric, rng)
        for candidate, opponent in contest.duels
    )
    worse = [one for one in compared if one.probability_worse >= config.confidence]
    must_serve = IN_SERVICE not in contest.scorers
    reason = _noted(_reason(worse, compared, metric), contest)
    if worse and must_serve:
        reason += " It serves all the same, for nothing else can."
    passed = not worse or must_serve
    return _verdict(passed, reason, metric, cases.n_cases, measured, compared)


def _compared(
    candidate: str,
    opponent: str,
    measured: Mapping[str, Measured],
    metric: str,
    rng: np.random.Generator,
) -> Compared:
    ours, theirs = (measured[name].per_user[metric] for name in (candidate, opponent))
    # The opponent first: equal means of a resample then do not count as worse.
    found = difference(theirs, ours, rng)
    return Compared(
        candidate=candidate,
        opponent=opponent,
        difference=0.0 - found.interval.mean,
        low=0.0 - found.interval.high,
        high=0.0 - found.interval.low,
        probability_worse=found.probability,
    )


def _reason(worse: Sequence[Compared], compared: Sequence[Compared], metric: str) -> str:
    if worse:
        said = "; ".join(
            f"{one.variant} {one.difference:+.4f} against {_short(one.opponent)} "
            f"({one.low:+.4f} to {one.high:+.4f})"
            for one in worse
        )
        return " ".join(f"Worse in {metric}: {said}.".split())
    opponents: dict[str, list[str]] = {}
    for one in compared:
        opponents.setdefault(one.variant, []).append(_short(one.opponent))
    said = "; ".join(f"{variant} than {', '.join(names)}" for variant, names in opponents.items())
    return " ".join(f"Not worse in {metric} {said}.".split())


def _short(opponent: str) -> str:
    """Whoever was asked about the pages of items says so already."""
    return opponent.removesuffix(SIMILAR_ITEMS).rstrip()


def _noted(reason: str, contest: Contest) -> str:
    return f"{reason} {contest.note}".rstrip()


def _verdict(
    passed: bool,
    reason: str,
    metric: str,
    n_cases: int,
    measured: Mapping[str, Measured],
    compared: tuple[Compared, ...],
) -> Verdict:
    metrics = {
        name: {key: float(values.mean()) for key, values in one.per_user.items()}
        for name, one in measured.items()
    }
    return Verdict(
        passed=passed,
        reason=reason,
        metric=metric,
        n_cases=n_cases,
        metrics=metrics,
        compared=compared,
    )
