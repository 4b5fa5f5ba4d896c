"""Sorted texts on the disk, found by halving: no dictionary of a million ids in memory."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tastemaker.features.arrays import damaged, load_array, save_array


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn:
    """UTF-8 texts end to end: text i is `content[ends[i - 1] : ends[i]]`, uint8 and int64."""

    content: NDArray[np.uint8]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, texts: pl.Series) -> Self:
        """texts: strings without nulls, sorted and distinct."""
        content = "".join(texts.to_list()).encode()
        ends = texts.str.len_bytes().cast(pl.Int64).cum_sum()
        return cls(np.frombuffer(content, np.uint8), ends.to_numpy())

    def __len__(self) -> int:
        return len(self.ends)

    def texts(self) -> tuple[str, ...]:
        """All of them, in memory."""
        content, ends = self.content.tobytes(), self.ends.tolist()
        starts = [0, *ends][:-1]
        return tuple(content[start:end].decode() for start, end in zip(starts, ends, strict=True))

    def find(self, text: str) -> int | None:
        """The place of the text; None where it is not there."""
        try:
            wanted = text.encode()
        except UnicodeEncodeError:
            return None
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._encoded(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self._encoded(low) == wanted else None

    def save(self, folder: Path, name: str) -> None:
        save_array(folder / f"{name}.npy", self.content)
        save_array(folder / f"{name}_ends.npy", self.ends)

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Memory-maps what `save` wrote. Raises FileUnreadable."""
        content = load_array(folder / f"{name}.npy", np.dtype(np.uint8))
        ends = load_array(folder / f"{name}_ends.npy", np.dtype(np.int64))
        if len(content) != (int(ends[-1]) if len(ends) else 0):
            raise damaged(folder / f"{name}.npy", "the texts and their lengths differ")
        return cls(content, ends)

    def _encoded(self, at: int) -> bytes:
        start = int(self.ends[at - 1]) if at else 0
        return self.content[start : int(self.ends[at])].tobytes()
