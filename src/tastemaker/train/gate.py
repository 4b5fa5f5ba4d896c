"""May these models go into service? Decided on events that no version was trained on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, Field

from tastemaker.train.bootstrap import difference
from tastemaker.train.measure import Measured, ScoreMany, measure
from tastemaker.train.split import Split

IN_SERVICE = "in service"
CANDIDATE = "candidate"
N_CANDIDATES = 200
"""Where recall is looked at that bounds every later stage."""


class GateConfig(BaseModel, frozen=True, extra="forbid"):
    k: int = Field(default=10, ge=1)  # compared in NDCG at this length
    confidence: float = Field(default=0.95, gt=0.5, lt=1)  # in being worse, to be refused
    min_cases: int = Field(default=20, ge=1)  # people asked about; with fewer nothing is refused
    max_cases: int = Field(default=1_000, ge=1)  # those with the newest events; bounds the cost


class Compared(BaseModel, frozen=True, extra="forbid"):
    """Of the candidate less the opponent, person by person.

    low, high: 95 % interval. probability_worse: share of resamples in which it is below 0.
    """

    opponent: str
    difference: float
    low: float
    high: float
    probability_worse: float


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
    """opponents: what is in service, where anything is, under IN_SERVICE, and the baselines."""

    candidate: ScoreMany
    opponents: Mapping[str, ScoreMany]


def judge(contest: Contest, jury: Split, config: GateConfig, rng: np.random.Generator) -> Verdict:
    """Passed unless it is worse than an opponent with the confidence asked for.

    Where nothing is in service it passes whatever it is worth, for somebody must answer; the
    reason then says what it is worse than.
    """
    metric = f"ndcg@{config.k}"
    if jury.n_cases < config.min_cases:
        reason = f"Not compared: {jury.n_cases} people to ask about, {config.min_cases} are needed."
        return _verdict(True, reason, metric, jury.n_cases, {}, ())
    cases = _newest(jury, config.max_cases)
    ks = sorted({config.k, N_CANDIDATES})
    measured = {
        name: measure(score_many, cases, ks)
        for name, score_many in {CANDIDATE: contest.candidate, **contest.opponents}.items()
    }
    compared = tuple(
        _compared(name, measured[CANDIDATE], measured[name], metric, rng)
        for name in contest.opponents
    )
    worse = [one for one in compared if one.probability_worse >= config.confidence]
    passed = not worse or IN_SERVICE not in contest.opponents
    reason = _reason(worse, compared, metric, is_first=IN_SERVICE not in contest.opponents)
    return _verdict(passed, reason, metric, cases.n_cases, measured, compared)


def _newest(jury: Split, max_cases: int) -> Split:
    """The people whose last known event is the latest."""
    last_at_s = np.array([h.at_s[0] if len(h) else 0 for h in jury.histories], np.int64)
    chosen = np.sort(np.argsort(-last_at_s, kind="stable")[:max_cases])
    return Split(
        jury.training,
        jury.user_ids[chosen],
        [jury.histories[case] for case in chosen],
        [jury.relevant[case] for case in chosen],
        jury.request_at_s[chosen],
    )


def _compared(
    name: str, candidate: Measured, opponent: Measured, metric: str, rng: np.random.Generator
) -> Compared:
    # The opponent first: equal means of a resample then do not count as worse.
    found = difference(opponent.per_user[metric], candidate.per_user[metric], rng)
    return Compared(
        opponent=name,
        difference=-found.interval.mean,
        low=-found.interval.high,
        high=-found.interval.low,
        probability_worse=found.probability,
    )


def _reason(
    worse: list[Compared], compared: tuple[Compared, ...], metric: str, *, is_first: bool
) -> str:
    if worse:
        said = "; ".join(
            f"{one.difference:+.4f} against {one.opponent} ({one.low:+.4f} to {one.high:+.4f})"
            for one in worse
        )
        first = " The first to be trained, so it serves all the same." if is_first else ""
        return f"Worse in {metric}: {said}.{first}"
    return f"Not worse in {metric} than {', '.join(one.opponent for one in compared)}."


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
