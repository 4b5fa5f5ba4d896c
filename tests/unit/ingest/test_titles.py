"""Titles are shown as people say them."""

import pytest

from tastemaker.ingest.titles import Title, read_title


@pytest.mark.parametrize(
    ("filed", "said"),
    [
        ("Matrix, The (1999)", Title("The Matrix", 1999)),
        ("Enfer, L' (1994)", Title("L'Enfer", 1994)),
        ("Postman, The (Postino, Il) (1994)", Title("The Postman (Il Postino)", 1994)),
        ("Seven (a.k.a. Se7en) (1995)", Title("Seven (a.k.a. Se7en)", 1995)),
        ("(500) Days of Summer (2009)", Title("(500) Days of Summer", 2009)),
        ("Death Note (2006–2007)", Title("Death Note", 2006)),
        ("Doctor Who (2005- )", Title("Doctor Who", 2005)),
        ("2001: A Space Odyssey (1968)", Title("2001: A Space Odyssey", 1968)),
        ("Babylon 5", Title("Babylon 5", None)),
        ("(1999)", Title("(1999)", 1999)),
        ("", Title("", None)),
    ],
)
def test_article_year_and_other_titles(filed: str, said: Title) -> None:
    assert read_title(filed) == said
