"""Whom to ask about where a version was trained with another jury, or other weights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from tastemaker.core.weights import FeedbackWeights
from tastemaker.train.gate import GateConfig
from tastemaker.train.jury import JuryConfig, hold_out
from tastemaker.train.material import Material
from tastemaker.train.recipe import Recipe
from tastemaker.train.split import Split

_FEWER = "Asked is only what a training with another jury or other weights was spared too."
_SEEN = "A training with another jury or other weights has seen some of what is asked."


@dataclass(frozen=True, slots=True)
class Fair:
    """is_fair: nobody was trained on what is asked. note: a sentence on it, maybe empty."""

    cases: Split
    is_fair: bool = True
    note: str = ""


def fair_cases(
    material: Material,
    read_interactions: Callable[[], pl.DataFrame],
    recipes: Sequence[Recipe],
    weights: FeedbackWeights,
    jury: JuryConfig,
    gate: GateConfig,
) -> Fair:
    """Of the material only what every recipe has held out as well; all of it, which is not fair,
    where that leaves too few people.

    weights, jury: of the material. read_interactions: what it was gathered from, read again only
    where a recipe differs.
    """
    everything = Fair(material.newest(gate.max_cases))
    others = [one for one in recipes if (one.weights, one.jury) != (weights, jury)]
    if not others:
        return everything
    interactions, spared = read_interactions(), material
    for other in others:
        spared = spared.among(hold_out(interactions, other.weights, other.jury).newest)
    if spared.n_asked == material.n_asked:
        return everything
    cases = spared.newest(gate.max_cases)
    if cases.n_cases < gate.min_cases:
        return Fair(everything.cases, is_fair=False, note=_SEEN)
    return Fair(cases, note=_FEWER)
