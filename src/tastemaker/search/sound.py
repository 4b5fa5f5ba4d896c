"""One spelling for what sounds alike, for titles written by ear or in another script."""

from string import ascii_lowercase, digits

import polars as pl

_SAME_SOUND = (
    ("sch", "sh"),
    ("ck", "k"),
    ("ph", "f"),
    ("kh", "h"),
    ("zh", "j"),
    ("th", "t"),
    ("x", "ks"),
    ("qu", "kv"),
    ("q", "k"),
    ("w", "v"),
    ("ce", "se"),
    ("ci", "si"),
    ("c", "k"),
    ("y", "i"),
    ("j", "i"),
    ("h", "g"),
    ("z", "s"),
    ("e", "a"),
)


def by_sound(words: str) -> str:
    """words: plain. Rough on purpose: it is asked only where nothing was found by letters."""
    for spelling, sound in _SAME_SOUND:
        words = words.replace(spelling, sound)
    return "".join(letter for at, letter in enumerate(words) if at == 0 or letter != words[at - 1])


def by_sound_of_all(texts: pl.Series) -> pl.Series:
    """The same for many texts."""
    for spelling, sound in _SAME_SOUND:
        texts = texts.str.replace_all(spelling, sound, literal=True)
    for letter in ascii_lowercase + digits + " ":
        texts = texts.str.replace_all(f"{letter}{{2,}}", letter)
    return texts
