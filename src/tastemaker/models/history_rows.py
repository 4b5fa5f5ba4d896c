"""Histories as rows of a sparse matrix, ready to be multiplied by item-item weights."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tastemaker.core.history import History
from tastemaker.models.decay_blocks import DecayBlocks
from tastemaker.models.tail_weights import no_weights


def weighted_rows(histories: Sequence[History], n_items: int) -> csr_array:
    """float32 (len(histories), n_items): the weight of each entry."""
    weights = [history.weight for history in histories]
    return _rows([history.item for history in histories], weights, n_items)


def decayed_rows(histories: Sequence[History], n_items: int, half_life_items: float) -> csr_array:
    """The same, halved every `half_life_items` entries further back."""
    weights = [decayed_weight(history, half_life_items) for history in histories]
    return _rows([history.item for history in histories], weights, n_items)


def decayed_weight(history: History, half_life_items: float) -> NDArray[np.float32]:
    """(len(history),)"""
    decay = np.exp2(-np.arange(len(history)) / half_life_items)
    return history.weight * decay.astype(np.float32)


def block_rows(histories: Sequence[History], n_items: int, blocks: DecayBlocks) -> csr_array:
    """float32 (len(histories), n_items * n_blocks): column (i, b) stands at n_blocks * i + b."""
    columns, values = [], []
    for history in histories:
        item, value = block_entries(history, blocks)
        columns.append(item)
        values.append(value)
    return _rows(columns, values, n_items * blocks.n_blocks)


def block_entries(
    history: History, blocks: DecayBlocks
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Columns and values of one history's row; entries decayed to nothing are left out."""
    columns, values = [], []
    for b in range(blocks.n_blocks):
        n_entries = min(len(history), int(blocks.band[b]) + 1)
        columns.append(history.item[:n_entries].astype(np.int64) * blocks.n_blocks + b)
        values.append(history.weight[:n_entries] * blocks.powers[b, :n_entries])
    return np.concatenate(columns), np.concatenate(values)


def _rows(
    columns: Sequence[NDArray[np.integer]], values: Sequence[NDArray[np.float32]], n_columns: int
) -> csr_array:
    ptr = np.concatenate([[0], np.cumsum([len(of_row) for of_row in columns])])
    if not ptr[-1]:
        return no_weights(len(columns), n_columns)
    entries = (np.concatenate(values), np.concatenate(columns), ptr)
    return csr_array(entries, shape=(len(columns), n_columns))
