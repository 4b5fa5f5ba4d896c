"""Names of accounts."""

import unicodedata

from tastemaker.core.errors import RequestInvalid

MAX_NAME_LENGTH = 40

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
"""Kept: emoji and several scripts are written with them."""


def clean_name(given: str) -> str:
    """Without characters that cannot be seen and with single spaces. Raises RequestInvalid."""
    name = _visible(given)
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        raise RequestInvalid(
            "The name is empty" if not name else f"The name has {len(name)} characters",
            where="body.name",
            next_step=f"Use 1 to {MAX_NAME_LENGTH} visible characters.",
        )
    return name


def name_key(name: str) -> str:
    """The same for names a reader would take for one: case and width do not count."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(sign for sign in _visible(folded) if sign not in _JOINERS)


def initial(name: str) -> str:
    """What stands in the circle: the first character, in upper case where it has one."""
    return name[:1].upper()[:1]


def _visible(given: str) -> str:
    kept = "".join(
        sign
        for sign in unicodedata.normalize("NFC", given)
        if sign.isspace() or sign in _JOINERS or unicodedata.category(sign) not in _INVISIBLE
    )
    return " ".join(kept.split()).strip("\u200c\u200d ")
