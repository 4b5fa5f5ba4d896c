"""Pages of one answer: what earlier ones showed is not shown again, whatever happened between.

Nothing is kept on the server: the client hands back which items it was shown, as fingerprints.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.ids import SessionId
from tastemaker.core.slate import Slate


@dataclass(frozen=True, slots=True)
class Shown:
    """session_id: of the first page, and so of all. fingerprint: uint32, of all items shown."""

    session_id: SessionId
    fingerprint: NDArray[np.uint32]

    def and_then(self, slate: Slate) -> "Shown":
        """With the items of the page that followed."""
        return Shown(self.session_id, np.concatenate([self.fingerprint, shown_by(slate)]))


def first_page(slate: Slate) -> Shown:
    return Shown(slate.session_id, shown_by(slate))


def shown_by(slate: Slate) -> NDArray[np.uint32]:
    return fingerprints([item.item_id for item in slate.items])


def fingerprints(item_ids: Sequence[str]) -> NDArray[np.uint32]:
    """(len(item_ids),): CRC-32, the same in every process and for every version of the models.

    Two items in four billion share one: then the second is left out of later pages.
    """
    return np.array([zlib.crc32(item_id.encode()) for item_id in item_ids], np.uint32)
