"""The personal part of a slate: a variant's ranking, reordered, each item with its reason."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.clock import Clock
from tastemaker.core.history import History
from tastemaker.core.ids import ItemId
from tastemaker.core.slate import ReasonKind, SlateItem
from tastemaker.recommend.deadline import Deadline
from tastemaker.recommend.reasons import reasons
from tastemaker.recommend.rerank import Reranker
from tastemaker.recommend.variant import Scorer


@dataclass(frozen=True, slots=True)
class PersonalWay:
    """item_ids: unicode (n_items,), the vocabulary. clock: tells the moment of the request."""

    scorer: Scorer
    reranker: Reranker
    item_ids: NDArray[np.str_]
    clock: Clock

    def items(
        self,
        history: History,
        allowed: NDArray[np.bool_],
        k: int,
        deadline: Deadline,
        kind: ReasonKind,
    ) -> tuple[SlateItem, ...]:
        """At most k, best first; empty where the variant has nothing personal to say.

        allowed: bool (n_items,). Raises DeadlinePassed.
        """
        models = self.scorer.models
        if not len(history) or all(model.name == "popular" for model in models):
            return ()
        # Of an entry at an unknown time nobody knows how long ago it was.
        now_s = int(self.clock().timestamp()) if history.at_s[0] else None
        n_read = self.reranker.n_read(k)
        ranked = self.scorer.rank(history, allowed, n_read, deadline.check, now_s)
        ranked = ranked.at(self.reranker.order(ranked.item, ranked.score, k))
        found = reasons(models, ranked.voice, history, ranked.item, self.item_ids, kind)
        item_ids = self.item_ids[ranked.item].tolist()
        return tuple(
            SlateItem(
                ItemId(item_id),
                score,
                reason,
                tuple(m.name for m, named in zip(models, proposers, strict=True) if named),
            )
            for item_id, score, reason, proposers in zip(
                item_ids, ranked.score.tolist(), found, (ranked.voice > 0).T.tolist(), strict=True
            )
        )
