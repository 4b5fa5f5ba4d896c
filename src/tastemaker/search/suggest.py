"""Suggestions while a person types."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tastemaker.core.plain_text import plain
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.search.sound import by_sound, by_sound_of_all
from tastemaker.search.title_words import Tier, TitleWords

MAX_TYPED = 64
"""Characters that count; nobody types more to find a title."""

_MAX_WORDS = 8
_MIN_LETTERS_TO_SOUND = 3


class TitleIndex:
    """Immutable. Titles in any script are found by any keyboard, with one typing error forgiven
    and, where that finds nothing, by how they sound."""

    def __init__(self, catalogue: Catalogue) -> None:
        titles = pl.Series([plain(title) for title in catalogue.titles], dtype=pl.String)
        self._by_letters = TitleWords(titles)
        self._by_sound = TitleWords(by_sound_of_all(titles))
        self._genres = [(plain(genre), genre) for genre in catalogue.genres]
        fame = np.argsort(np.argsort(catalogue.n_events, kind="stable"), kind="stable")
        self._fame = fame.astype(np.int64)

    def titles(self, typed: str, k: int) -> list[int]:
        """At most k positions in the catalogue, best first; the better known of equals first.

        Empty where nothing fits or nothing with letters or digits was typed.
        """
        words = _words(typed)
        if not words:
            return []
        tier = self._by_letters.fitting(words)
        if np.count_nonzero(tier) < k:
            fits = self._by_letters.fitting_but_for_a_typo(words)
            tier[fits & (tier == Tier.NONE)] = Tier.TYPO
        if not tier.any():
            tier = self._sounding(by_sound(words))
        return self._best(tier, k)

    def genres(self, typed: str) -> list[str]:
        """Genres of which a word begins like what was typed."""
        words = _words(typed)
        if not words:
            return []
        return [genre for name, genre in self._genres if f" {words}" in f" {name}"]

    def _sounding(self, words: str) -> NDArray[np.uint8]:
        if len(words) < _MIN_LETTERS_TO_SOUND:
            return np.zeros(len(self._fame), np.uint8)
        fits = self._by_sound.fitting(words) > Tier.NONE
        if not fits.any():
            fits = self._by_sound.fitting_but_for_a_typo(words)
        return np.where(fits, np.uint8(Tier.SOUNDS), np.uint8(Tier.NONE))

    def _best(self, tier: NDArray[np.uint8], k: int) -> list[int]:
        found = np.flatnonzero(tier)
        merit = tier[found].astype(np.int64) * len(tier) + self._fame[found]
        if len(found) > k:
            found = found[np.argpartition(-merit, k - 1)[:k]]
            merit = tier[found].astype(np.int64) * len(tier) + self._fame[found]
        best: list[int] = found[np.argsort(-merit)].tolist()
        return best


def _words(typed: str) -> str:
    return " ".join(plain(typed[:MAX_TYPED]).split()[:_MAX_WORDS])
