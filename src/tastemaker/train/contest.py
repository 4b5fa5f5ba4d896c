"""A version against the one in service and the baselines, all as they would be served."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tastemaker.models.bundle import ModelBundle
from tastemaker.train.baselines import BASELINES, baselines
from tastemaker.train.gate import CANDIDATE, IN_SERVICE, SIMILAR_ITEMS, Contest
from tastemaker.train.measure import ScoreMany
from tastemaker.train.served import Incumbent, Served
from tastemaker.train.served_scores import renumbered, served_scores
from tastemaker.train.split import Split

Duels = list[tuple[str, str]]
Scorers = dict[str, ScoreMany]


def contest(
    candidate: Served,
    incumbent: Incumbent,
    judged: Sequence[str],
    cases: Split,
    rng: np.random.Generator,
) -> Contest:
    """judged: the variants of the candidate that decide, its default among them.

    Each meets itself in service, where it is there, and the baselines; the default also what is
    in service by default. So does the variant of similar items, all asked about pages of items.
    Every other variant with a ranker is measured only.
    Baselines that the candidate has are taken from it; others are fitted to the training set of
    the cases. Where what is in service does not decide it meets nobody, and is measured.
    """
    scorers: Scorers = {
        _named(CANDIDATE, name, candidate.default): _scores(candidate, name, cases)
        for name in dict.fromkeys([*judged, *candidate.ranked])
    }
    in_service = incumbent.served
    duels: Duels = []
    for name in judged:
        ours, is_default = _named(CANDIDATE, name, candidate.default), name == candidate.default
        if in_service is not None:
            was_default = in_service.default if is_default else None
            for other in _met_in_service(in_service, name, was_default):
                theirs = _named(IN_SERVICE, other, in_service.default)
                scorers[theirs] = _scores(in_service, other, cases)
                duels += [(ours, theirs)] if incumbent.decides else []
        if is_default or _meets_baselines(candidate, name):
            duels += [(ours, baseline) for baseline in BASELINES]
    fitted = _baselines(candidate.bundle, cases, rng)
    on_pages, of_pages = _on_pages(candidate, incumbent, fitted, cases)
    return Contest(scorers | fitted, [*duels, *of_pages], incumbent.note, on_pages)


def _on_pages(
    candidate: Served, incumbent: Incumbent, baselines: Mapping[str, ScoreMany], cases: Split
) -> tuple[Scorers, Duels]:
    name, in_service = candidate.similar, incumbent.served
    if name is None:
        return {}, []
    ours = f"{CANDIDATE} {SIMILAR_ITEMS}"
    was_there: Scorers = {}
    if in_service is not None:
        for other in _met_in_service(in_service, name, in_service.similar):
            theirs = _named(IN_SERVICE, other, in_service.similar)
            was_there[f"{theirs} {SIMILAR_ITEMS}"] = _scores(in_service, other, cases)
    met = dict(baselines) if _meets_baselines(candidate, name) else {}
    met = {f"{one} {SIMILAR_ITEMS}": scores for one, scores in met.items()}
    opponents = [*(was_there if incumbent.decides else ()), *met]
    scorers = {ours: _scores(candidate, name, cases)} | was_there | met
    return scorers, [(ours, one) for one in opponents]


def _named(whose: str, variant: str, default: str | None) -> str:
    return whose if variant == default else f"{whose} {variant}"


def _met_in_service(in_service: Served, variant: str, in_its_place: str | None) -> Iterator[str]:
    """in_its_place: what was asked there where the variant is asked now; None: itself alone."""
    if in_its_place is not None:
        yield in_its_place
        if variant == in_its_place:
            return
    # A server that was started with another choice since answers by its namesake.
    if variant in in_service.variants:
        yield variant


def _meets_baselines(candidate: Served, variant: str) -> bool:
    """Not where it is a baseline itself, or answers with what is popular for want of models: as
    an arm of an experiment it is there to be compared with, on the pages of items it was chosen."""
    return not {model.name for model in candidate.scorer(variant).models} <= set(BASELINES)


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
