"""Lists for many people at once from one scorer, popular items where it has nothing to say."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tastemaker.core.slate import Source
from tastemaker.recommend.variant import Scorer
from tastemaker.train.asked import Asked
from tastemaker.train.ranks import top_lists

SCHEMA = pl.Schema(
    {
        "user": pl.String(),
        "item": pl.String(),
        "rank": pl.Int32(),
        "score": pl.Float32(),
        "source": pl.String(),
    }
)
SCORES_AT_ONCE = 8_000_000
"""Bounds the memory of one block of people: some 16 bytes a score."""


def lists_for(
    asked: Asked,
    scorer: Scorer,
    popularity: NDArray[np.float32],
    item_ids: NDArray[np.str_],
    k: int,
    *,
    include_seen: bool,
) -> Iterator[pl.DataFrame]:
    """Frames of SCHEMA, people in the order asked, ranks from 1 without a gap.

    popularity: (n_items,), -inf where nobody used the item. People of whom the scorer knows
    nothing get popular items only, and lists shorter than k end in them; these rows say so, and
    their scores are popularities, not comparable with the others.
    """
    ids = pl.Series("item", item_ids, dtype=pl.String)
    n_items = len(item_ids)
    is_personal = any(model.name != "popular" for model in scorer.models)
    for block in asked.blocks(max(1, SCORES_AT_ONCE // max(1, n_items))):
        own = _own_scores(block, scorer, n_items, is_personal, k, include_seen=include_seen)
        common = np.tile(popularity, (len(own), 1))
        if not include_seen:
            _exclude(own, block)
            _exclude(common, block)
        yield _rows(block, own, common, ids, min(k, n_items))


def _own_scores(
    block: Asked, scorer: Scorer, n_items: int, is_personal: bool, k: int, *, include_seen: bool
) -> NDArray[np.float32]:
    scores = np.full((len(block.histories), n_items), -np.inf, np.float32)
    known = [row for row, history in enumerate(block.histories) if len(history)]
    if known and is_personal:
        histories = [block.histories[row] for row in known]
        scores[known] = scorer.score_many(histories, exclude_seen=not include_seen, k=k)
    return scores


def _exclude(scores: NDArray[np.float32], block: Asked) -> None:
    for row, seen in zip(scores, block.seen, strict=True):
        row[seen] = -np.inf


def _rows(
    block: Asked,
    own: NDArray[np.float32],
    common: NDArray[np.float32],
    ids: pl.Series,
    k: int,
) -> pl.DataFrame:
    first = top_lists(own, k)
    then = np.full_like(first, -1)
    short = np.flatnonzero(first[:, -1] < 0)
    rest = np.where(own[short] > -np.inf, np.float32(-np.inf), common[short])
    then[short] = top_lists(rest, k)
    item = np.concatenate([first, then], axis=1)
    is_own = np.arange(item.shape[1]) < first.shape[1]
    kept = item >= 0
    place = np.cumsum(kept, axis=1)
    kept &= place <= k
    row, column = np.nonzero(kept)
    chosen = item[row, column]
    score = np.where(is_own[column], own[row, chosen], common[row, chosen])
    named = np.where(is_own[column], Source.MODEL.value, Source.POPULAR.value)
    return pl.DataFrame(
        {
            "user": block.user_ids.gather(row),
            "item": ids.gather(chosen),
            "rank": place[row, column],
            "score": score,
            "source": named,
        }
    ).cast(SCHEMA)
