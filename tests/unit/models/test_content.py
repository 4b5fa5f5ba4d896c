"""What items are about."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from tastemaker.core.errors import NotEnoughData
from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.models.content import Content, ContentConfig
from tastemaker.models.text_terms import tf_idf, word_counts
from tests.unit.models.sequences import history_of, training_of

TEXTS = ["a space opera", "the space race", "the tea party", "Tea, again!", ""]


def test_items_of_shared_words_are_close() -> None:
    scores = _fit(TEXTS).score(history_of([0]))
    assert np.argmax(np.where(np.arange(5) == 0, -np.inf, scores)) == 1
    assert np.isneginf(scores[4])


def test_genres_count_beside_words() -> None:
    genres = csr_array(np.array([[1, 0], [0, 1], [0, 1], [1, 0], [1, 0]], np.float32))
    scores = _fit(TEXTS, genres).score(history_of([0]))
    assert np.isfinite(scores[4])
    assert scores[3] > scores[2]


def test_words_are_lower_cased_and_cut_at_signs() -> None:
    counts = word_counts(["Red-Dawn red", "RED dawn!", "xx"], max_terms=10, max_words_an_item=9)
    np.testing.assert_array_equal(counts.toarray(), [[2, 1], [1, 1], [0, 0]])


def test_of_many_words_the_most_widespread_are_kept() -> None:
    counts = word_counts(["aa bb", "aa bb", "aa"], max_terms=1, max_words_an_item=9)
    np.testing.assert_array_equal(counts.toarray(), [[1], [1], [1]])


def test_of_a_long_text_the_beginning_is_read() -> None:
    counts = word_counts(["aa bb", "bb aa"], max_terms=9, max_words_an_item=1)
    assert counts.nnz == 0


def test_a_word_that_all_have_tells_nothing() -> None:
    weighted = tf_idf(word_counts(["aa bb", "aa bb", "aa"], max_terms=9, max_words_an_item=9))
    np.testing.assert_allclose(weighted.toarray(), [[0, 1], [0, 1], [0, 0]])


def test_a_catalogue_of_ids_alone_is_not_enough() -> None:
    with pytest.raises(NotEnoughData):
        _fit([""] * 5)


def _fit(texts: list[str], item_genre: csr_array | None = None) -> Content:
    genres = csr_array(np.zeros((5, 2), np.float32)) if item_genre is None else item_genre
    attributes = ItemAttributes(("Odd", "Even"), genres, np.zeros(5, np.int16), texts)
    training = training_of([[0]], n_items=5, attributes=attributes)
    return Content.fit(training, ContentConfig(), np.random.default_rng(0))
