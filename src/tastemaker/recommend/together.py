"""One slate for several people who watch together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from tastemaker.core.history import PastEvent
from tastemaker.core.ids import ItemId
from tastemaker.core.slate import Slate, SlateItem, Source
from tastemaker.core.weights import FeedbackWeights
from tastemaker.recommend.pipeline import Recommender
from tastemaker.recommend.slate_request import SlateRequest
from tastemaker.recommend.taste import fold

_RANK_OFFSET = 20.0
_N_OF_EACH = 200


def together(
    recommender: Recommender,
    pasts: Sequence[Sequence[PastEvent]],
    weights: FeedbackWeights,
    request: SlateRequest,
) -> Slate:
    """Items that nobody has seen or refused, by the ranks everybody gives them.

    pasts: of each person, at least one. request: all but the past. Ranks are fused by the sum of
    1 / (offset + rank) (Cormack, Clarke & Büttcher 2009); an item that everybody's slate has comes
    before those that only some have, so that nobody is outvoted. A person of whom nothing is
    known has no say unless that is true of all. The reason is that of who wants the item most.
    """
    seen = {item for past in pasts for item in fold(past, weights).seen}
    exclude = tuple(dict.fromkeys((*request.filters.exclude, *seen)))
    filters = request.filters.model_copy(update={"exclude": exclude})
    n_of_each = max(request.k, _N_OF_EACH)
    slates = [
        recommender.recommend(replace(request, past=past, k=n_of_each, filters=filters))
        for past in pasts
    ]
    personal = [slate for slate in slates if slate.source is Source.MODEL] or slates
    return replace(personal[0], items=_fused(personal)[: request.k])


def _fused(slates: Sequence[Slate]) -> tuple[SlateItem, ...]:
    score: dict[ItemId, float] = defaultdict(float)
    n_slates: dict[ItemId, int] = defaultdict(int)
    keenest: dict[ItemId, tuple[int, SlateItem]] = {}
    for slate in slates:
        for rank, item in enumerate(slate.items):
            score[item.item_id] += 1.0 / (_RANK_OFFSET + rank)
            n_slates[item.item_id] += 1
            before = keenest.get(item.item_id)
            if before is None or rank < before[0]:
                keenest[item.item_id] = (rank, item)
    order = sorted(score, key=lambda item: (-n_slates[item], -score[item], item))
    return tuple(replace(keenest[item][1], score=score[item]) for item in order)
