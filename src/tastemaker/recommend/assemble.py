"""The one code that turns a moment and its candidates into what a ranker reads.

A request served and a moment trained on go through these compiled functions one at a time, so
equal inputs give equal rows to the bit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.history import History
from tastemaker.models.item_statistics import ItemStatistics
from tastemaker.recommend.feature_names import (
    BLEND,
    FIRST,
    HISTORY,
    ITEM,
    PAIR,
    REQUEST,
    SHARED_SIGNALS,
    SURPRISE,
    WORDS,
)
from tastemaker.recommend.history_features import fill_history, fill_pair, fill_request, fill_words
from tastemaker.recommend.item_features import fill_item
from tastemaker.recommend.signal_features import fill_signals

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Moment:
    """request_at_s: None where the moment is not known or not read: that of the last entry. at_s: 0
    where that is unknown too."""

    history: History
    request_at_s: int | None

    @property
    def at_s(self) -> int:
        if len(self.history) == 0:
            return self.request_at_s or 0
        last = int(self.history.at_s[0])
        return max(self.request_at_s or 0, last)


def assemble(
    moment: Moment,
    signals: Floats,
    within: Floats,
    blend: Floats,
    candidates: NDArray[np.int64],
    chosen: NDArray[np.int64],
    surprises: Floats,
    statistics: ItemStatistics,
    *,
    uses_moment: bool,
) -> Floats:
    """(len(chosen), n_features), columns as `feature_names` lists them.

    signals: (n_signals, n_items), finite. within: (2, n_items), those decayed by time.
    blend: (n_items,). candidates: positions, the best of the blend first. chosen: places among
    them, ascending, that are wanted; ranks are those among all. surprises: (6,).
    """
    n_signals = len(signals)
    n_signal_columns = 2 * n_signals + min(SHARED_SIGNALS, n_signals) + len(BLEND) + len(FIRST)
    # Not columns of one matrix: one row of it is another kind of array, to be compiled for.
    of_signals, of_item, of_pair, of_words, of_request = (
        np.empty((len(chosen), width), np.float32)
        for width in (n_signal_columns, len(ITEM), len(PAIR), len(WORDS), len(REQUEST))
    )
    of_all = np.empty(len(HISTORY) + len(SURPRISE), np.float32)
    history = moment.history
    item, weight = np.ascontiguousarray(history.item), np.ascontiguousarray(history.weight)
    at_s = np.ascontiguousarray(history.at_s)
    wanted = candidates[chosen]
    newest_at_s = statistics.newest_at_s
    n_uses = fill_item(
        wanted, min(moment.at_s or newest_at_s, newest_at_s), len(item),
        statistics.n_events, statistics.sum_weight, statistics.sum_log_place,
        statistics.event_ptr, statistics.event_at_s, statistics.event_share, statistics.year,
        of_item,
    )  # fmt: skip
    fill_signals(signals, blend, candidates, chosen, n_uses, SHARED_SIGNALS, of_signals)
    fill_pair(wanted, item, n_uses, statistics.n_events, statistics.year, statistics.genre, of_pair)
    words = statistics.words
    fill_words(wanted, item, words.ptr, words.term, words.weight, words.n_terms, of_words)
    fill_history(item, weight, at_s, statistics.year, of_all[: len(HISTORY)])
    of_all[len(HISTORY) :] = surprises
    blocks = [of_signals, of_item, of_pair, of_words, np.tile(of_all, (len(chosen), 1))]
    if uses_moment:
        last_at_s = int(at_s[0]) if len(at_s) else moment.at_s
        fill_request(within, wanted, moment.at_s - last_at_s, of_request)
        blocks.append(of_request)
    return np.concatenate(blocks, axis=1)
