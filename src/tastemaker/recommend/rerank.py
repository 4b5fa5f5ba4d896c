"""Last stage: trade some relevance for variety and for what is new, as much as is asked for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from tastemaker.ingest.catalogue import Catalogue


class RerankConfig(BaseModel, frozen=True, extra="forbid"):
    diversity: float = Field(default=0.0, ge=0, le=1)  # 0: by relevance; 1: by difference alone
    freshness: float = Field(default=0.0, ge=0, le=1)  # part of its relevance an old item loses
    half_life_years: float = Field(default=5.0, gt=0)  # newness of an item halves in so long
    depth: int = Field(default=100, ge=1, le=1_000)  # how many of the best items are reordered

    @property
    def changes_order(self) -> bool:
        return self.diversity > 0 or self.freshness > 0


@dataclass(frozen=True, slots=True)
class ItemTraits:
    """genres: float32 (n_items, n_genres), rows of length 1 or all 0 where the item has none.

    year: int16 (n_items,), 0 unknown.
    """

    genres: NDArray[np.float32]
    year: NDArray[np.int16]

    @classmethod
    def of(cls, catalogue: Catalogue, entry: NDArray[np.int64]) -> "ItemTraits":
        """entry: position in the catalogue of each item, -1 for items that have left it."""
        listed = entry >= 0
        has = np.where(listed[:, None], catalogue.item_genre[entry], 0).astype(np.float32)
        length = np.sqrt(has.sum(axis=1, keepdims=True))
        genres = np.divide(has, length, out=np.zeros_like(has), where=length > 0)
        return cls(genres, np.where(listed, catalogue.year[entry], np.int16(0)))

    def newness(self, half_life_years: float) -> NDArray[np.float32]:
        """(n_items,) in (0, 1]: 1 for the newest year known, halved every half-life before it.

        An item of unknown year is as new as the median of the others; all are 1 without years.
        """
        known = self.year > 0
        if not known.any():
            return np.ones(len(self.year), np.float32)
        year = np.where(known, self.year, np.median(self.year[known]))
        return np.asarray(np.exp2((year - year.max()) / half_life_years), np.float32)


class Reranker:
    """Greedy: each place goes to the item of the largest

      (1 - diversity) relevance - diversity * mean cosine of its genres to those placed before

    (maximal marginal relevance, Carbonell & Goldstein 1998, with the mean in place of the
    maximum, which many genres in common reach after a few places). Relevance is the score brought
    to [0, 1] over the candidates, times 1 - freshness (1 - newness).
    """

    def __init__(self, config: RerankConfig, traits: ItemTraits) -> None:
        self.config = config
        self._genres = traits.genres
        self._newness = traits.newness(config.half_life_years)

    def n_read(self, k: int) -> int:
        """How many candidates an answer of k items needs."""
        return max(k, self.config.depth) if self.config.changes_order else k

    def order(
        self, items: NDArray[np.int32], score: NDArray[np.float32], k: int
    ) -> NDArray[np.int64]:
        """Places in `items` of the k to show, best first; fewer where there are fewer.

        items, score: (n,), best first. The first k as they are where both strengths are 0.
        """
        if not self.config.changes_order or not len(items):
            return np.arange(min(k, len(items)))
        relevance = _to_unit(score)
        relevance *= 1.0 - np.float32(self.config.freshness) * (1.0 - self._newness[items])
        if self.config.diversity == 0:
            return np.argsort(-relevance, kind="stable")[:k]
        return _greedy(relevance, self._genres[items], self.config.diversity, k)


def _to_unit(score: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = score.min(), score.max()
    if high <= low:
        return np.ones_like(score)
    return np.asarray((score - low) / (high - low))


def _greedy(
    relevance: NDArray[np.float32], genres: NDArray[np.float32], diversity: float, k: int
) -> NDArray[np.int64]:
    n_shown = min(k, len(relevance))
    cosine = np.float32(diversity) * (genres @ genres.T)
    worth = np.float32(1.0 - diversity) * relevance
    likeness = np.zeros_like(worth)
    chosen = np.empty(n_shown, np.int64)
    for place in range(n_shown):
        best = int((worth - likeness * np.float32(1.0 / max(place, 1))).argmax())
        chosen[place] = best
        worth[best] = -np.inf
        likeness += cosine[best]
    return chosen
