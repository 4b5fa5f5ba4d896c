"""The page of an item as a question: what did people use after it?"""

from dataclasses import replace

import numpy as np

from tastemaker.core.history import History
from tastemaker.train.split import Split


def on_item_pages(cases: Split) -> Split:
    """The same people, of whom nothing but the newest item is told; what else they have used is
    ranked too, as in the protocol `similar`."""
    return replace(cases, histories=[_of_page(history) for history in cases.histories])


def _of_page(history: History) -> History:
    """As a server asks: with the whole weight, and without a time."""
    item = history.item[:1]
    return History(item, np.ones(len(item), np.float32), np.zeros(len(item), np.int64))
