import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tastemaker.ingest.catalogue import CATALOGUE_SCHEMA, Catalogue
from tastemaker.search.suggest import TitleIndex

# The better known first.
TITLES = [
    "Forrest Gump",
    "The Matrix",
    "Star Wars: Episode IV - A New Hope",
    "The Matrix Reloaded",
    "Amélie",
    "Spider-Man",
    "WALL·E",
    "Harry Potter and the Goblet of Fire",
    "Брат 2",
    "Matrix",
    "Titanic",
    "Batman",
    "Father of the Bride",
    "<script>alert(1)</script>",
    "???",
]


def indexed(titles: list[str]) -> TitleIndex:
    rows: list[dict[str, object]] = []
    for number, title in enumerate(titles):
        row: dict[str, object] = dict.fromkeys(CATALOGUE_SCHEMA.names())
        row |= {"item_id": str(number), "title": title, "genres": ["Drama", "Film-Noir"]}
        row |= {"available": True, "n_events": len(titles) - number, "tags": []}
        rows.append(row | {"n_ratings": 0, "mean_rating": 0.0})
    return TitleIndex(Catalogue.of_frame(pl.DataFrame(rows, CATALOGUE_SCHEMA)))


INDEX = indexed(TITLES)


def found(typed: str, k: int = 8) -> list[str]:
    return [TITLES[position] for position in INDEX.titles(typed, k)]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("forrest gump", "Forrest Gump"),
        ("gump for", "Forrest Gump"),
        ("FORREST", "Forrest Gump"),
        ("amelie", "Amélie"),
        ("AMÉLIE", "Amélie"),
        ("starwars", "Star Wars: Episode IV - A New Hope"),
        ("spiderman", "Spider-Man"),
        ("spider man", "Spider-Man"),
        ("wall-e", "WALL·E"),
        ("script alert", "<script>alert(1)</script>"),
    ],
)
def test_a_title_is_found_however_it_is_spaced_cased_or_accented(typed: str, title: str) -> None:
    assert found(typed)[0] == title


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("брат", "Брат 2"),
        ("brat", "Брат 2"),
        ("амели", "Amélie"),
        ("титаник", "Titanic"),
        ("форрест гамп", "Forrest Gump"),
        ("матрикс", "The Matrix"),
        ("гарри поттер", "Harry Potter and the Goblet of Fire"),
        ("бэтмен", "Batman"),
    ],
)
def test_a_title_is_found_from_the_other_script(typed: str, title: str) -> None:
    assert found(typed)[0] == title


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_one_typing_error_is_forgiven_wherever_it_is(data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(["forrest", "matrix", "titanic", "batman", "amelie"]))
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    before, after = word[:at], word[at:]
    swapped = after[1] + after[0] + after[2:] if len(after) > 1 else after
    typed = data.draw(st.sampled_from([after[1:], letter + after[1:], letter + after, swapped]))
    titles = " ".join(found(before + typed)).lower().replace("é", "e")
    assert word in titles


def test_the_title_itself_whatever_its_article_comes_before_those_that_begin_so() -> None:
    assert found("matrix") == ["The Matrix", "Matrix", "The Matrix Reloaded"]


def test_a_title_without_an_error_comes_before_one_with() -> None:
    titles = ["The Lost Night", "The Lost Knight"]
    index = indexed(titles)
    assert titles[index.titles("knight", 8)[0]] == "The Lost Knight"


def test_the_better_known_of_equals_comes_first() -> None:
    assert found("the matr") == ["The Matrix", "The Matrix Reloaded"]
    assert len(found("the", k=2)) == 2


@pytest.mark.parametrize("typed", ["", " ", "???", "zzzz", "zq xj kv", "\ud800", "a" * 100_000])
def test_what_nothing_fits_finds_nothing(typed: str) -> None:
    assert found(typed) == []


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_whatever_is_typed_is_answered_with_at_most_k_different_titles(typed: str) -> None:
    positions = INDEX.titles(typed, 3)
    assert len(set(positions)) == len(positions) <= 3


def test_genres_are_suggested_by_the_beginning_of_their_words() -> None:
    assert INDEX.genres("noi") == ["Film-Noir"]
    assert INDEX.genres("dram") == ["Drama"]
    assert INDEX.genres("x") == []


def test_an_empty_catalogue_finds_nothing() -> None:
    assert indexed([]).titles("matrix", 8) == []
