"""Scores as a bundle would serve them, in the numbering of another."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.history import History
from tastemaker.models.bundle import ModelBundle
from tastemaker.recommend.variant import Scorer, VariantConfig, scorer
from tastemaker.train.measure import AtMoments, ScoreMany, scores_at


def served_scores(bundle: ModelBundle, variant: VariantConfig, name: str) -> ScoreMany:
    """By the variant as far as it is trained, else what is popular, as a server answers."""
    of_variant = scorer(variant, bundle, name)
    if not of_variant.models:
        return bundle.models["popular"].score_many
    return served(of_variant)


def served(of_variant: Scorer) -> ScoreMany:
    """What the variant answers, told the moment of the request where its ranker reads it."""
    if of_variant.second_stage is None:
        return of_variant.score_many
    return AtMoments(of_variant.score_many)


def renumbered(
    score_many: ScoreMany, theirs: NDArray[np.str_], ours: NDArray[np.str_]
) -> ScoreMany:
    """The same scorer asked and answering in our numbering of the items.

    Items it has never heard of are left out of histories and score -inf.
    """
    their_position = {item: at for at, item in enumerate(theirs)}
    to_theirs = np.array([their_position.get(item, -1) for item in ours], np.int32)
    known = np.flatnonzero(to_theirs >= 0)

    def scored(
        histories: Sequence[History], request_at_s: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        scores = np.full((len(histories), len(ours)), -np.inf, np.float32)
        translated = [_translated(history, to_theirs) for history in histories]
        given = scores_at(score_many, translated, request_at_s)
        scores[:, known] = given[:, to_theirs[known]]
        return scores

    return AtMoments(scored)


def _translated(history: History, to_theirs: NDArray[np.int32]) -> History:
    item = to_theirs[history.item]
    kept = item >= 0
    return History(item[kept], history.weight[kept], history.at_s[kept])
