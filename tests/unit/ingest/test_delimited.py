"""One bad line of a CSV costs one line."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.core.errors import ColumnMissing, FileUnreadable
from tastemaker.ingest.delimited import DelimitedTable
from tastemaker.ingest.dialect import Dialect
from tests.unit.ingest.tables import rejected, rows

WANTED = {"user_id": "user", "item_id": "item"}


def table(tmp_path: Path, content: str, dialect: Dialect | None = None) -> DelimitedTable:
    path = tmp_path / "table.csv"
    path.write_text(content, newline="")
    return DelimitedTable(path, dialect or Dialect())


cells = st.text(st.sampled_from('ab",\n é'), max_size=6)


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=20))
def test_whatever_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, written: list[tuple[str, str, str]]
) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("user", "other", "item"), *written])
    found = table(tmp_path_factory.mktemp("csv"), text.getvalue())
    assert [fields for _, *fields in rows(found, WANTED)] == [[a, c] for a, _, c in written]
    assert rejected(found, WANTED) == []


def test_columns_are_found_by_name_wherever_they_stand(tmp_path: Path) -> None:
    found = table(tmp_path, "at, item ,user\n9,i,u\n\n8,j,v\n")
    assert rows(found, WANTED) == [(2, "u", "i"), (4, "v", "j")]


def test_a_line_with_too_few_or_too_many_fields(tmp_path: Path) -> None:
    found = table(tmp_path, "user,item\nu,i\nu\nu,i,x\nv,j\n")
    assert rows(found, WANTED) == [(2, "u", "i"), (5, "v", "j")]
    assert rejected(found, WANTED) == [
        (3, "wrong number of columns"),
        (4, "wrong number of columns"),
    ]


def test_a_stray_quote_does_not_swallow_the_lines_after_it(tmp_path: Path) -> None:
    content = 'user,item\n"u,i\nv,j\n"w",k\nx,"l\ny,m\n'
    found = table(tmp_path, content)
    assert rows(found, WANTED) == [(3, "v", "j"), (4, "w", "k"), (6, "y", "m")]
    assert [line for line, _ in rejected(found, WANTED)] == [2, 5]


def test_an_inch_sign_is_no_quotation(tmp_path: Path) -> None:
    found = table(tmp_path, 'user,item\nu,7" single\nv,j\n')
    assert rows(found, WANTED) == [(2, "u", '7" single'), (3, "v", "j")]


def test_without_quoting_quotes_are_text(tmp_path: Path) -> None:
    dialect = Dialect("::", quoted=False, names=("user", "item"))
    found = table(tmp_path, 'u::"Great" Cats\n"v::j\n', dialect)
    assert rows(found, WANTED) == [(1, "u", '"Great" Cats'), (2, '"v', "j")]


def test_a_missing_column_names_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing, match="No column 'item'") as caught:
        rows(table(tmp_path, "user,film\nu,i\n"), WANTED)
    assert "'film'" in caught.value.next_step
    assert "table.csv" in caught.value.where


def test_a_header_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"us\xe9r,item\nu,i\n")
    with pytest.raises(FileUnreadable, match="header"):
        rows(DelimitedTable(path, Dialect()), WANTED)
    latin = DelimitedTable(path, Dialect(encoding="latin-1"))
    assert rows(latin, {"user_id": "usér"}) == [(2, "u")]
