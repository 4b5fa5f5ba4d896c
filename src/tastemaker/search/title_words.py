"""Titles by their words."""

from collections.abc import Iterable
from enum import IntEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tastemaker.search.words import SortedWords

_ARTICLE = "^(the|an?) "


class Tier(IntEnum):
    """How well a title fits what was typed; a better tier comes first whatever its fame."""

    NONE = 0
    SOUNDS = 1
    TYPO = 2
    WORDS = 3
    WHOLE_WORDS = 4
    BEGINS = 5
    IS = 6


class TitleWords:
    """titles: plain ones; a title's number is its place in this list."""

    def __init__(self, titles: pl.Series) -> None:
        self._n_titles = len(titles)
        numbered = pl.DataFrame({"text": titles}).with_row_index("title")
        words = numbered.with_columns(pl.col("text").str.split(" ")).explode("text")
        self._words, self._ptr, self._title = _postings(words)
        without_article = pl.col("text").str.replace(_ARTICLE, "")
        without_spaces = pl.col("text").str.replace_all(" ", "", literal=True)
        forms = [numbered.with_columns(form) for form in (without_article, without_spaces)]
        self._heads, self._head_ptr, self._head_title = _postings(pl.concat([numbered, *forms]))

    def fitting(self, typed: str) -> NDArray[np.uint8]:
        """(n_titles,) the tier of each title, without errors. typed: plain, not empty."""
        tier = np.zeros(self._n_titles, np.uint8)
        words = typed.split()
        begun = [self._titles_of([self._words.beginning(word)]) for word in words]
        fits = np.logical_and.reduce(begun)
        tier[fits] = Tier.WORDS
        whole = [self._titles_of([self._words.exactly(word)]) for word in words]
        tier[np.logical_and.reduce(whole)] = Tier.WHOLE_WORDS
        heads = [self._heads.beginning(head) for head in (typed, typed.replace(" ", ""))]
        tier[_having(heads, self._head_ptr, self._head_title, self._n_titles)] = Tier.BEGINS
        same = [self._heads.exactly(typed)]
        tier[_having(same, self._head_ptr, self._head_title, self._n_titles)] = Tier.IS
        return tier

    def fitting_but_for_a_typo(self, typed: str) -> NDArray[np.bool_]:
        """(n_titles,) one of the words has one error, the others have none."""
        words = typed.split()
        begun = [self._titles_of([self._words.beginning(word)]) for word in words]
        unknown = [at for at, titles in enumerate(begun) if not titles.any()]
        fits = np.zeros(self._n_titles, np.bool_)
        if len(unknown) > 1:
            return fits
        for at in unknown or range(len(words)):
            erring = self._titles_of(self._words.with_one_typo(words[at]))
            fits |= np.logical_and.reduce([*begun[:at], erring, *begun[at + 1 :]])
        return fits

    def _titles_of(self, ranges: Iterable[tuple[int, int]]) -> NDArray[np.bool_]:
        return _having(ranges, self._ptr, self._title, self._n_titles)


def _postings(pairs: pl.DataFrame) -> tuple[SortedWords, NDArray[np.int64], NDArray[np.int32]]:
    """pairs: text and title. The titles of text number t are title[ptr[t]:ptr[t + 1]]."""
    by_text = pairs.filter(pl.col("text") != "").unique().sort("text", "title")
    counts = by_text.group_by("text", maintain_order=True).len()
    ptr = np.concatenate([[0], counts["len"].cum_sum().to_numpy()]).astype(np.int64)
    return SortedWords(counts["text"].to_list()), ptr, by_text["title"].cast(pl.Int32).to_numpy()


def _having(
    ranges: Iterable[tuple[int, int]],
    ptr: NDArray[np.int64],
    title: NDArray[np.int32],
    n_titles: int,
) -> NDArray[np.bool_]:
    """(n_titles,) whether a title is among those of the texts in the ranges."""
    having = np.zeros(n_titles, np.bool_)
    for low, high in ranges:
        having[title[ptr[low] : ptr[high]]] = True
    return having
