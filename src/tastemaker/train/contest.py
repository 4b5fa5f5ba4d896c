"""A version against the one in service and the baselines, all as they would be served."""

from collections.abc import Iterator, Sequence

import numpy as np

from tastemaker.models.bundle import ModelBundle
from tastemaker.train.baselines import BASELINES, baselines
from tastemaker.train.gate import CANDIDATE, IN_SERVICE, Contest
from tastemaker.train.measure import ScoreMany
from tastemaker.train.served import Incumbent, Served
from tastemaker.train.served_scores import renumbered, served_scores
from tastemaker.train.split import Split


def contest(
    candidate: Served,
    incumbent: Incumbent,
    judged: Sequence[str],
    cases: Split,
    rng: np.random.Generator,
) -> Contest:
    """judged: the variants of the candidate that decide, its default among them.

    Each meets itself in service, where it is there, and the baselines; the default also what is
    in service by default. Every other variant with a ranker is measured only.
    Baselines that the candidate has are taken from it; others are fitted to the training set of
    the cases.
    """
    scorers = {
        _named(CANDIDATE, candidate, name): _scores(candidate, name, cases)
        for name in dict.fromkeys([*judged, *candidate.ranked])
    }
    in_service = incumbent.served
    duels: list[tuple[str, str]] = []
    for name in judged:
        ours = _named(CANDIDATE, candidate, name)
        if in_service is not None:
            for other in _met_in_service(candidate, in_service, name):
                theirs = _named(IN_SERVICE, in_service, other)
                scorers[theirs] = _scores(in_service, other, cases)
                duels.append((ours, theirs))
        duels += [(ours, baseline) for baseline in _met_baselines(candidate, name)]
    return Contest(scorers | _baselines(candidate.bundle, cases, rng), duels, incumbent.note)


def _named(whose: str, served: Served, variant: str) -> str:
    return whose if variant == served.default else f"{whose} {variant}"


def _met_in_service(candidate: Served, in_service: Served, variant: str) -> Iterator[str]:
    if variant == candidate.default:
        yield in_service.default
        if variant == in_service.default:
            return
    # A server that was started with another default since answers by its namesake.
    if variant in in_service.variants:
        yield variant


def _met_baselines(candidate: Served, variant: str) -> Sequence[str]:
    """None for an arm of an experiment that is a baseline itself, or answers with what is popular
    for want of models: it is there to be compared with."""
    own = {model.name for model in candidate.scorer(variant).models}
    return () if variant != candidate.default and own <= set(BASELINES) else BASELINES


def _scores(served: Served, variant: str, cases: Split) -> ScoreMany:
    scores = served_scores(served.bundle, served.variants[variant], variant)
    return _in_numbering(scores, served.bundle, cases)


def _in_numbering(scores: ScoreMany, bundle: ModelBundle, cases: Split) -> ScoreMany:
    ours = cases.training.item_ids
    if np.array_equal(bundle.item_ids, ours):
        return scores
    return renumbered(scores, bundle.item_ids, ours)


def _baselines(
    candidate: ModelBundle, cases: Split, rng: np.random.Generator
) -> dict[str, ScoreMany]:
    missing = set(BASELINES) - set(candidate.models)
    fitted = baselines(cases.training, rng) if missing and cases.n_cases else {}
    return {
        name: _in_numbering(candidate.models[name].score_many, candidate, cases)
        for name in BASELINES
        if name in candidate.models
    } | {name: fitted[name] for name in BASELINES if name in fitted and name in missing}
