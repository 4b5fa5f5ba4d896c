"""How a slate came about, stage by stage, for those who run the system."""

from collections.abc import Sequence
from dataclasses import dataclass

from tastemaker.core.ids import ItemId
from tastemaker.core.slate import Slate
from tastemaker.recommend.retrieve import Candidates


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """weight: in (0, 1]. at_s: Unix seconds, 0 where unknown."""

    item_id: ItemId
    weight: float
    at_s: int


@dataclass(frozen=True, slots=True)
class CandidateTrace:
    """scores, ranks: by model; only of the models that proposed the item. ranks: from 1."""

    item_id: ItemId
    scores: dict[str, float]
    ranks: dict[str, int]


@dataclass(frozen=True, slots=True)
class Stages:
    """history: what the models read, the most recent first. n_items: of the vocabulary; n_hidden:
    of these, kept out by the conditions or because they are not available; n_seen: kept out
    because the person knows or refused them. candidates: those of any model, by their best rank.
    """

    history: tuple[HistoryEntry, ...]
    n_items: int
    n_hidden: int
    n_seen: int
    models: tuple[str, ...]
    candidates: tuple[CandidateTrace, ...]
    slate: Slate


def traced(
    candidates: Candidates, models: tuple[str, ...], item_ids: Sequence[ItemId], max_candidates: int
) -> tuple[CandidateTrace, ...]:
    """item_ids: of the candidates, in their order."""
    found = []
    for at, item_id in enumerate(item_ids):
        proposers = [row for row in range(len(models)) if candidates.rank[row, at] > 0]
        scores = {models[row]: float(candidates.score[row, at]) for row in proposers}
        ranks = {models[row]: int(candidates.rank[row, at]) for row in proposers}
        found.append(CandidateTrace(item_id, scores, ranks))
    found.sort(key=lambda candidate: min(candidate.ranks.values()))
    return tuple(found[:max_candidates])
