"""Every edition of MovieLens is known by its files."""

from pathlib import Path

import polars as pl
import pytest

from tastemaker.core.errors import FileUnreadable
from tastemaker.ingest.movielens import bundled_movielens, movielens
from tastemaker.ingest.rejects import Rejects
from tests.unit.ingest.tables import rows


def write(folder: Path, files: dict[str, str], encoding: str = "utf-8") -> Path:
    for name, content in files.items():
        (folder / name).write_text(content, encoding=encoding)
    return folder


def items_of(folder: Path) -> tuple[pl.DataFrame, Rejects]:
    rejects = Rejects(100)
    reader = movielens(folder).items
    assert reader is not None
    return reader.read(rejects), rejects


def ratings_of(folder: Path) -> list[tuple[object, ...]]:
    table = movielens(folder).interactions
    return rows(table.table, table.columns.wanted())


LATEST = {
    "ratings.csv": "userId,movieId,rating,timestamp\n1,7,4.5,100\n",
    "movies.csv": 'movieId,title,genres\n7,"Matrix, The (1999)",Action|Sci-Fi\n'
    "8,Nothing,(no genres listed)\n7,Again (2000),Drama\n",
    "tags.csv": "userId,movieId,tag,timestamp\n1,7,Space,1\n2,7,cyber,1\n3,7,space,1\n"
    "1,7, ,1\n1,99,lost,1\n",
    "links.csv": "movieId,imdbId,tmdbId\n7,0133093,603\n8,0000001,\n",
}


def test_latest_with_tags_and_links(tmp_path: Path) -> None:
    folder = write(tmp_path, LATEST)
    assert ratings_of(folder) == [(2, "1", "7", "4.5", "100")]
    items, rejects = items_of(folder)
    matrix, nothing = items.to_dicts()
    assert matrix["title"] == "The Matrix"
    assert matrix["year"] == 1999
    assert matrix["kind"] == "movie"
    assert matrix["genres"] == ["Action", "Sci-Fi"]
    assert matrix["tags"] == ["space", "cyber"]
    assert (matrix["imdb_id"], matrix["tmdb_id"]) == ("0133093", "603")
    assert (nothing["genres"], nothing["tags"], nothing["tmdb_id"]) == ([], [], None)
    assert rejects.frame().select("table", "line", "reason").rows() == [
        ("items", 4, "duplicate item"),
        ("tags", 5, "empty tag"),
        ("tags", 6, "unknown item"),
    ]


def test_without_tags_and_links(tmp_path: Path) -> None:
    without = {name: LATEST[name] for name in ("ratings.csv", "movies.csv")}
    items, _ = items_of(write(tmp_path, without))
    assert items["tags"].to_list() == [[], []]
    assert items["imdb_id"].to_list() == [None, None]


def test_one_million_in_latin_1(tmp_path: Path) -> None:
    files = {"ratings.dat": "1::7::5::100\n", "movies.dat": "7::Misérables, Les (1995)::Drama\n"}
    folder = write(tmp_path, files, "latin-1")
    assert ratings_of(folder) == [(1, "1", "7", "5", "100")]
    items, _ = items_of(folder)
    assert items["title"].to_list() == ["Les Misérables"]


def test_ten_million_in_utf8_with_tags(tmp_path: Path) -> None:
    files = {
        "ratings.dat": "1::7::5::100\n",
        "movies.dat": "7::Misérables, Les (1995)::Drama\n",
        "tags.dat": "1::7::barricade::100\n",
    }
    items, _ = items_of(write(tmp_path, files))
    assert items["title"].to_list() == ["Les Misérables"]
    assert items["tags"].to_list() == [["barricade"]]


def test_one_hundred_thousand_with_flags(tmp_path: Path) -> None:
    drama_and_war = "|".join("1" if at in (8, 17) else "0" for at in range(19))
    unknown = "|".join("1" if at == 0 else "0" for at in range(19))
    files = {
        "u.data": "1\t7\t5\t100\n",
        "u.item": f"7|Kolya (1996)|24-Jan-1997||http://x|{drama_and_war}\n8|unknown||||{unknown}\n",
    }
    folder = write(tmp_path, files, "latin-1")
    assert ratings_of(folder) == [(1, "1", "7", "5", "100")]
    items, _ = items_of(folder)
    assert items["year"].to_list() == [1996, None]
    assert items["genres"].to_list() == [["Drama", "War"], []]


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="no MovieLens"):
        movielens(tmp_path)


def test_the_bundled_edition_is_whole() -> None:
    items, rejects = items_of(bundled_movielens())
    assert len(items) == 9742
    assert rejects.n_rejected() == 0
    assert items["imdb_id"].null_count() == 0
    assert items.filter(pl.col("title").str.contains(", The$")).is_empty()
