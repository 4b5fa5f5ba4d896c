"""A candidate's words against those of the latest items."""

from dataclasses import replace

import numpy as np

from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.models.item_words import ItemWords
from tastemaker.recommend.history_features import fill_words

TEXT = ["star trek voyage", "star wars", "trek home voyage", "love story", "love wars", ""]


def test_words_shared_with_the_latest_items_count_by_window() -> None:
    words = ItemWords.of(replace(ItemAttributes.none(len(TEXT)), text=TEXT))
    history = np.array([1, 3, 3, 3, 3, 0], np.int32)  # "star trek voyage" is the sixth latest
    candidates = np.array([2, 4, 5])
    out = np.empty((3, 4), np.float32)
    fill_words(candidates, history, words.ptr, words.term, words.weight, words.n_terms, out)
    vectors = np.zeros((len(TEXT), words.n_terms), np.float32)
    for item in range(len(TEXT)):
        own = slice(words.ptr[item], words.ptr[item + 1])
        vectors[item, words.term[own]] = words.weight[own]
    for column, n_latest in enumerate((1, 5, 30, 1_000)):
        profile = vectors[history[:n_latest]].sum(axis=0)
        expected = vectors[candidates] @ profile / np.linalg.norm(profile)
        np.testing.assert_allclose(out[:, column], expected, atol=1e-5)
    assert out[0, 1] == 0
    assert out[0, 2] > 0


def test_without_words_nothing_is_alike() -> None:
    words = ItemWords.of(ItemAttributes.none(3))
    out = np.empty((2, 4), np.float32)
    history = np.array([0], np.int32)
    fill_words(np.array([1, 2]), history, words.ptr, words.term, words.weight, words.n_terms, out)
    assert not out.any()
