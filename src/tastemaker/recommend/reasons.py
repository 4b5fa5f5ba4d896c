"""Why an item is on a slate: the entries of the history that carry its score."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from tastemaker.core.history import History
from tastemaker.core.ids import ItemId
from tastemaker.core.slate import Evidence, Reason, ReasonKind
from tastemaker.models.content import Content
from tastemaker.ports import CandidateModel

POPULAR = Reason(ReasonKind.POPULAR)
MAX_EVIDENCE = 3


def reasons(
    models: Sequence[CandidateModel[BaseModel]],
    voice: NDArray[np.float32],
    history: History,
    items: NDArray[np.int32],
    item_ids: NDArray[np.str_],
    kind: ReasonKind = ReasonKind.HISTORY,
) -> list[Reason]:
    """One an item: evidence from the model that speaks loudest for it and can name any.

    voice: (n_models, len(items)), 0 where the model did not propose the item. items: distinct.
    A share is the entry's part of all that speaks for the item. POPULAR where none names any.
    """
    found = [POPULAR] * len(items)
    unexplained = np.ones(len(items), np.bool_)
    by_voice = np.argsort(-voice, axis=0, kind="stable")
    for turn, number in np.ndindex(by_voice.shape[0], len(models)):
        model = models[number]
        speaks = (by_voice[turn] == number) & (voice[number] > 0)
        asked = np.flatnonzero(speaks & unexplained)
        if not len(asked) or not len(history):
            continue
        gain = np.maximum(model.explain(history, items[asked]), 0.0)
        entry, share = _strongest(gain)
        names = item_ids[history.item[entry]].tolist()
        for at, of_item, shares in zip(asked, names, share.tolist(), strict=True):
            because = tuple(
                Evidence(ItemId(name), part)
                for name, part in zip(of_item, shares, strict=True)
                if part > 0
            )
            if because:
                found[at] = Reason(_kind(kind, model.name), because)
                unexplained[at] = False
    return found


def _kind(kind: ReasonKind, model: str) -> ReasonKind:
    """Content knows what items are, not who chose them."""
    is_alike = kind is ReasonKind.SIMILAR and model == Content.name
    return ReasonKind.ALIKE if is_alike else kind


def _strongest(gain: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Places and shares, (n, MAX_EVIDENCE) or fewer, of the largest gains of each row, falling.

    gain: float32 (n, n_entries >= 1), >= 0. All shares are 0 where a row has no gain.
    """
    total = gain.sum(axis=1, keepdims=True)
    share = np.divide(gain, total, out=np.zeros_like(gain), where=total > 0)
    # A few passes for the largest are faster than sorting long histories.
    left = share.copy()
    places = []
    for _ in range(min(MAX_EVIDENCE, share.shape[1])):
        places.append(left.argmax(axis=1))
        left[np.arange(len(left)), places[-1]] = -1.0
    entry = np.stack(places, axis=1)
    return entry, np.take_along_axis(share, entry, axis=1)
