"""Texts as they are compared: the letters a person would type on any keyboard."""

import re

from anyascii import anyascii

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_APOSTROPHE = re.compile(r"['`]")


def plain(text: str) -> str:
    """Lower-case Latin words with single spaces: "Amélie" and "AMELIE" are "amelie", "Брат" is
    "brat", "WALL·E" is "wall e". Empty where the text has neither letters nor digits."""
    latin = _APOSTROPHE.sub("", anyascii(text).lower().replace("&", " and "))
    return _NOT_WORD.sub(" ", latin).strip()
