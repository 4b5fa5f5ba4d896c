"""A sorted list of words: which begin like this one, and which do so but for one typing error."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_AFTER_ALL_LETTERS = "\x7f"
_MIN_LETTERS_FOR_A_TYPO = 4
"""A shorter word with one error could be any other."""


class SortedWords:
    """words: plain ones, sorted, each once. A range is [low, high) of places in that list."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words

    def beginning(self, prefix: str) -> tuple[int, int]:
        """The range of words that begin with the prefix; empty (low == high) where none does."""
        low = bisect_left(self._words, prefix)
        return low, bisect_left(self._words, prefix + _AFTER_ALL_LETTERS, low)

    def exactly(self, word: str) -> tuple[int, int]:
        low = bisect_left(self._words, word)
        is_there = low < len(self._words) and self._words[low] == word
        return low, low + is_there

    def with_one_typo(self, prefix: str) -> list[tuple[int, int]]:
        """Ranges of words that begin with what the prefix becomes by one edit.

        Looks every edit up instead of comparing with every word: a thousand look-ups of a
        microsecond, however many words there are. Empty for a prefix too short to tell.
        """
        if len(prefix) < _MIN_LETTERS_FOR_A_TYPO:
            return []
        ranges = {self.beginning(edited) for edited in set(_edited(prefix))}
        return [(low, high) for low, high in ranges if low < high]


def _edited(word: str) -> Iterator[str]:
    """Every text one error away: a letter too many, two swapped, one wrong, one missing
    (Damerau 1964)."""
    for at in range(len(word)):
        before, after = word[:at], word[at:]
        yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in _LETTERS:
            yield before + letter + after[1:]
            yield before + letter + after
