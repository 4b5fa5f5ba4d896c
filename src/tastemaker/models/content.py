"""What an item is about: genres, tags and text, so that it can be shown before anyone used it.

Vector space model (Salton, Wong and Yang 1975): every item is a vector of genres and of words
weighted by tf-idf, of length 1; an item's score is the sum of its cosines to the history's entries.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from scipy.sparse import csr_array, hstack

from tastemaker.core.errors import NotEnoughData
from tastemaker.core.history import History
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.array_folder import read_arrays, write_arrays
from tastemaker.models.history_rows import weighted_rows
from tastemaker.models.text_terms import of_length, tf_idf, word_counts

N_HISTORIES_A_BLOCK = 128
"""Profiles are dense while they are multiplied; this bounds their memory."""


class ContentConfig(BaseModel, frozen=True, extra="forbid"):
    genre_weight: float = Field(default=1.0, ge=0)  # length of an item's genres
    text_weight: float = Field(default=1.0, ge=0)  # length of its words, beside the genres'
    max_terms: int = Field(default=50_000, ge=1)  # different words kept
    max_words_an_item: int = Field(default=300, ge=1)  # of a longer text the beginning is read


class Content:
    name: ClassVar[str] = "content"
    config_class: ClassVar[type[BaseModel]] = ContentConfig

    def __init__(self, config: ContentConfig, vectors: csr_array) -> None:
        """vectors: float32 (n_items, n_genres + n_terms), rows of length 1 or empty."""
        self.config = config
        self._vectors = vectors

    @classmethod
    def fit(
        cls,
        training: TrainingSet,
        config: ContentConfig,
        rng: np.random.Generator,  # noqa: ARG003 - nothing is drawn
    ) -> Self:
        """Reads no interaction. Memory: 8 bytes an item and word, of `max_words_an_item` at most.

        Raises NotEnoughData where no item has a genre or a word that another one has.
        """
        attributes = training.attributes
        counts = word_counts(attributes.text, config.max_terms, config.max_words_an_item)
        genres = of_length(tf_idf(attributes.item_genre), config.genre_weight)
        words = of_length(tf_idf(counts), config.text_weight)
        vectors = of_length(csr_array(hstack([genres, words], format="csr")), 1.0)
        if not vectors.nnz:
            raise NotEnoughData(
                "The catalogue has no genres and no texts",
                next_step="Give the catalogue, or leave the content model out.",
            )
        return cls(config, vectors)

    def score(self, history: History) -> NDArray[np.float32]:
        return np.asarray(self.score_many([history])[0])

    def score_many(self, histories: Sequence[History]) -> NDArray[np.float32]:
        """-inf for items that share nothing with the history."""
        scores = np.empty((len(histories), self._vectors.shape[0]), np.float32)
        for start in range(0, len(histories), N_HISTORIES_A_BLOCK):
            block = slice(start, start + N_HISTORIES_A_BLOCK)
            rows = weighted_rows(histories[block], self._vectors.shape[0])
            profiles = (rows @ self._vectors).toarray()
            scores[block] = (self._vectors @ profiles.T).T
        scores[scores <= 0.0] = -np.inf
        return scores

    def explain(self, history: History, items: NDArray[np.int32]) -> NDArray[np.float32]:
        """Exact: the entries add up to the score of an item that has one."""
        cosines = (self._vectors[items] @ self._vectors[history.item].T).toarray()
        return np.asarray(history.weight * cosines, dtype=np.float32)

    def save(self, folder: Path) -> None:
        arrays = {
            "weight": self._vectors.data,
            "term": self._vectors.indices,
            "item_ptr": self._vectors.indptr,
            "n_terms": np.array([self._vectors.shape[1]]),
        }
        write_arrays(folder, self.name, self.config, arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        saved = read_arrays(folder, cls.name)
        ptr = saved.arrays["item_ptr"]
        entries = (saved.arrays["weight"], saved.arrays["term"], ptr)
        shape = (len(ptr) - 1, int(saved.arrays["n_terms"][0]))
        return cls(ContentConfig.model_validate(saved.config), csr_array(entries, shape=shape))
