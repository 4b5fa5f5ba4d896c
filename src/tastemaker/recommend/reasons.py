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
NOBODY = -1


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
    if not len(items) or not len(history):
        return [POPULAR] * len(items)
    gain = np.zeros((len(items), len(history)), np.float32)
    speaker = np.full(len(items), NOBODY)
    by_voice = np.argsort(-voice, axis=0, kind="stable")
    for turn, number in np.ndindex(by_voice.shape[0], len(models)):
        speaks = (by_voice[turn] == number) & (voice[number] > 0)
        asked = np.flatnonzero(speaks & (speaker == NOBODY))
        if len(asked):
            gain[asked] = np.maximum(models[number].explain(history, items[asked]), 0.0)
            speaker[asked[gain[asked].any(axis=1)]] = number
    entry, share = _strongest(gain)
    named = item_ids[history.item[entry]].tolist()
    kinds = [_kind(kind, model.name) for model in models]
    return [
        POPULAR if number == NOBODY else Reason(kinds[number], _because(names, shares))
        for number, names, shares in zip(speaker.tolist(), named, share.tolist(), strict=True)
    ]


def _because(names: list[str], shares: list[float]) -> tuple[Evidence, ...]:
    each = zip(names, shares, strict=True)
    return tuple(Evidence(ItemId(name), share) for name, share in each if share > 0)


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
    left, row = share.copy(), np.arange(len(share))
    entry = np.empty((len(share), min(MAX_EVIDENCE, share.shape[1])), np.int64)
    for place in range(entry.shape[1]):
        entry[:, place] = left.argmax(axis=1)
        left[row, entry[:, place]] = -1.0
    return entry, share[row[:, None], entry]
