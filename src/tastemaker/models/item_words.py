"""The words of every item as kernels read them: title, tags and description."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.models.text_terms import tf_idf, word_counts

MAX_TERMS = 50_000
MAX_WORDS_AN_ITEM = 300


@dataclass(frozen=True, slots=True)
class ItemWords:
    """Words of item i at [ptr[i], ptr[i + 1]): term, from 0 to n_terms, and its tf-idf weight; the
    weights of an item make a vector of length 1. ptr: (n_items + 1,); the others: (n_words,).
    """

    names: ClassVar[tuple[str, ...]] = ("word_ptr", "word_term", "word_weight")

    ptr: NDArray[np.int64]
    term: NDArray[np.int32]
    weight: NDArray[np.float32]
    n_terms: int

    @classmethod
    def of(cls, attributes: ItemAttributes) -> Self:
        words = tf_idf(word_counts(attributes.text, MAX_TERMS, MAX_WORDS_AN_ITEM))
        ptr = words.indptr.astype(np.int64)
        term, weight = words.indices.astype(np.int32), words.data.astype(np.float32)
        return cls(ptr, term, weight, n_terms=words.shape[1])

    def arrays(self) -> dict[str, NDArray[Any]]:
        return dict(zip(self.names, (self.ptr, self.term, self.weight), strict=True))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        ptr, term, weight = (arrays[name] for name in cls.names)
        return cls(ptr, term, weight, n_terms=int(term.max(initial=-1)) + 1)
