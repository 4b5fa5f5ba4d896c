"""Titles as libraries file them, turned into titles as people say them."""

import re
from typing import NamedTuple

_YEAR = re.compile(r"\s*\((\d{4})(?:\s*[-–]\s*(?:\d{4})?)?\)\s*$")
_ARTICLES = (
    "The|A|An|Le|La|Les|L'|Il|Lo|I|Gli|El|Los|Las|Un|Una|Une|Der|Die|Das|Ein|Eine"
    "|O|Os|As|De|Het|Den|Det|En|Ett|Et"
)
_TRAILING_ARTICLE = re.compile(rf"^(?P<rest>.+), (?P<article>{_ARTICLES})$", re.IGNORECASE)
_ALTERNATE = re.compile(r"\(([^()]*)\)")


class Title(NamedTuple):
    """year: the first of a range; None where the title states none."""

    text: str
    year: int | None


def read_title(filed: str) -> Title:
    """ "Matrix, The (1999)" is The Matrix of 1999; titles in brackets are turned round as well."""
    stated = _YEAR.search(filed)
    text = filed[: stated.start()] if stated else filed
    main, *_ = text.split("(", 1)
    said = _said(main.strip()) + text[len(main.rstrip()) :] if main.strip() else text
    said = _ALTERNATE.sub(lambda match: f"({_said(match[1])})", said)
    return Title(said.strip() or filed.strip(), int(stated[1]) if stated else None)


def _said(filed: str) -> str:
    """With the article in front."""
    match = _TRAILING_ARTICLE.match(filed)
    if match is None:
        return filed
    gap = "" if match["article"].endswith("'") else " "
    return f"{match['article']}{gap}{match['rest']}"
