"""Why an item is on a slate: the entries of the history that carry its score."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from tastemaker.core.history import History
from tastemaker.core.ids import ItemId
from tastemaker.core.slate import Evidence, Reason, ReasonKind
from tastemaker.ports import CandidateModel

POPULAR = Reason(ReasonKind.POPULAR)


def because_of(
    models: Sequence[CandidateModel[BaseModel]],
    history: History,
    item: int,
    item_ids: NDArray[np.str_],
    kind: ReasonKind = ReasonKind.HISTORY,
    max_evidence: int = 3,
) -> Reason:
    """Evidence from the first model that can name any; POPULAR where none can.

    A share is the entry's part of all that speaks for the item.
    """
    for model in models:
        gain = np.maximum(model.explain(history, item), 0.0)
        total = float(gain.sum())
        if total <= 0:
            continue
        strongest = np.argsort(-gain, kind="stable")[:max_evidence]
        return Reason(
            kind,
            tuple(
                Evidence(ItemId(str(item_ids[history.item[at]])), float(gain[at]) / total)
                for at in strongest
                if gain[at] > 0
            ),
        )
    return POPULAR
