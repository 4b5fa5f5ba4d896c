import io
import zipfile
from datetime import UTC, datetime

import pytest

from tastemaker.accounts.export import export_zip
from tastemaker.accounts.imports.match import Matcher
from tastemaker.accounts.imports.read import FormatName, read_file
from tastemaker.accounts.imports.run import ImportReport, import_rows
from tastemaker.accounts.own_items import Change
from tastemaker.core.account import Account, Language
from tastemaker.core.errors import FileUnreadable, RequestInvalid
from tastemaker.core.ids import ItemId
from tastemaker.core.marks import MarkChange
from tastemaker.ingest.catalogue import Catalogue
from tests.unit.accounts.conftest import People

MOVIELENS = "userId,movieId,rating,timestamp\n7,1,4.5,1112486027\n7,999,3.0,1112486027\n"
LETTERBOXD = (
    "Date,Name,Year,Letterboxd URI,Rating\n"
    "2020-05-01,Amelie,2001,https://boxd.it/1,5\n"
    "2020-05-02,Matrix,1998,https://boxd.it/2,3.5\n"
    "2020-05-03,Hamlet,1998,https://boxd.it/3,3\n"
)
IMDB = (
    "Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,Year\n"
    'tt0114709,9,2021-01-02,"Toy Story","Toy Story",https://x,Movie,1995\n'
)


@pytest.fixture
def ann(people: People) -> Account:
    return people.registry.register("Ann", "correct horse", Language.ENGLISH)


def run(
    people: People,
    account: Account,
    catalogue: Catalogue,
    text: str | bytes,
    *,
    file_name: str = "ratings.csv",
    dry_run: bool = False,
) -> ImportReport:
    content = text.encode() if isinstance(text, str) else text
    file = read_file(content, file_name, FormatName.AUTO, 1_000)
    return import_rows(file, Matcher.of(catalogue), people.own_items, account, dry_run=dry_run)


def ratings(people: People, account: Account) -> dict[str, float | None]:
    every = people.own_items.every(account)
    return {item_id: own.marks.rating for item_id, own in every.items()}


def test_a_dry_run_tells_and_writes_nothing(
    people: People, ann: Account, catalogue: Catalogue
) -> None:
    report = run(people, ann, catalogue, MOVIELENS, dry_run=True)
    assert (report.format, report.n_rows, report.n_matched, report.n_new) == ("movielens", 2, 1, 1)
    assert [(missed.line, missed.title) for missed in report.unmatched] == [(3, "999")]
    assert people.own_items.every(ann) == {}


def test_movielens_ratings_keep_their_time(
    people: People, ann: Account, catalogue: Catalogue
) -> None:
    run(people, ann, catalogue, MOVIELENS)
    own = people.own_items.get(ann, ItemId("1"))
    assert own.marks.rating == 4.5
    assert own.marks.watched
    assert own.at == datetime(2005, 4, 2, 23, 53, 47, tzinfo=UTC)


def test_letterboxd_films_are_found_by_title_and_year(
    people: People, ann: Account, catalogue: Catalogue
) -> None:
    report = run(people, ann, catalogue, LETTERBOXD)
    assert ratings(people, ann) == {"3": 5.0, "2": 3.5}
    assert [missed.title for missed in report.unmatched] == ["Hamlet"]


def test_a_letterboxd_watchlist_becomes_a_watchlist(
    people: People, ann: Account, catalogue: Catalogue
) -> None:
    text = "Date,Name,Year,Letterboxd URI\n2020-05-01,Toy Story,1995,https://boxd.it/1\n"
    run(people, ann, catalogue, text, file_name="Watchlist.csv")
    marks = people.own_items.get(ann, ItemId("1")).marks
    assert (marks.on_watchlist, marks.watched) == (True, False)


def test_imdb_ratings_of_ten_become_stars(
    people: People, ann: Account, catalogue: Catalogue
) -> None:
    run(people, ann, catalogue, IMDB)
    assert ratings(people, ann) == {"1": 4.5}


def test_an_import_only_adds_and_a_second_one_adds_nothing(
    people: People, ann: Account, catalogue: Catalogue
) -> None:
    people.own_items.save(ann, {ItemId("3"): Change(MarkChange(rating=1.0), review="mine")})
    assert run(people, ann, catalogue, LETTERBOXD).n_new == 2
    assert ratings(people, ann) == {"3": 1.0, "2": 3.5}
    assert run(people, ann, catalogue, LETTERBOXD).n_new == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("7,1,11,0", "out of range"),
        ("7,1,nan,0", "out of range"),
        ("7,1,4.3,0", "out of range"),
        ("7,1,,0", "empty"),
        ("7,1,many,0", "not a number"),
        ("7,1,4.0,99999999999999999999", "not Unix seconds"),
        ("7,1,4.0,4102444800", "future"),
        ("7,1", "no rating"),
    ],
)
def test_a_bad_line_is_set_aside_with_its_reason_and_the_rest_goes_in(
    people: People, ann: Account, catalogue: Catalogue, line: str, reason: str
) -> None:
    report = run(people, ann, catalogue, f"userId,movieId,rating,timestamp\n{line}\n7,2,4.0,0\n")
    assert [bad.line for bad in report.rejected] == [2]
    assert reason in report.rejected[0].reason
    assert ratings(people, ann) == {"2": 4.0}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"name,colour\nfox,red\n",
        b'userId,movieId,rating\n7,"1,4.0\n',
        b"userId,movieId,rating\n7,1,4.0\n8,1,4.0\n",
        b"movieId,rating\n1," + b"4" * 200_000 + b"\n",
    ],
    ids=["empty", "picture", "other columns", "open quote", "two people", "endless cell"],
)
def test_a_file_that_is_no_import_is_refused(content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        read_file(content, "x.csv", FormatName.AUTO, 1_000)


def test_too_many_rows_are_refused() -> None:
    content = b"movieId,rating\n" + b"1,4.0\n" * 11
    with pytest.raises(RequestInvalid, match="more than 10 rows"):
        read_file(content, "x.csv", FormatName.AUTO, 10)


def test_an_export_can_be_imported_by_another_account(
    people: People, ann: Account, catalogue: Catalogue
) -> None:
    said = Change(MarkChange(rating=4.5, watched=True), review='Multi\nline, "quoted" 🦊')
    people.own_items.save(ann, {ItemId("1"): said})
    people.own_items.save(ann, {ItemId("3"): Change(MarkChange(on_watchlist=True))})
    archive = zipfile.ZipFile(io.BytesIO(export_zip(ann, people.own_items, catalogue)))
    assert set(archive.namelist()) == {"items.csv", "account.json"}
    bob = people.registry.register("Bob", "correct horse", Language.ENGLISH)
    run(people, bob, catalogue, archive.read("items.csv"))
    assert people.own_items.every(bob) == people.own_items.every(ann)


def zipped(**tables: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.csv", text)
    return held.getvalue()


def test_the_whole_archive_of_letterboxd(
    people: People, ann: Account, catalogue: Catalogue
) -> None:
    columns = "Date,Name,Year,Letterboxd URI"
    content = zipped(
        profile="Date Joined,Username\n2020-01-01,ann\n",
        ratings=LETTERBOXD,
        watched=f"{columns}\n2020-06-01,Amelie,2001,https://boxd.it/1\n",
        watchlist=f"{columns}\n2020-06-01,Toy Story,1995,https://boxd.it/4\n",
        reviews=f"{columns},Rating,Review\n2020-05-01,Amelie,2001,https://boxd.it/1,5,Lovely.\n"
        "2020-05-01,A Film Nobody Has,2001,https://boxd.it/9,5,Unseen.\n",
    )
    report = run(people, ann, catalogue, content, file_name="letterboxd-ann.zip")
    assert report.format == "letterboxd"
    assert ("reviews.csv", 3) in {(missed.table, missed.line) for missed in report.unmatched}
    every = {own.marks.rating: own for own in people.own_items.every(ann).values()}
    assert every[5].review == "Lovely."
    assert every[5].marks.watched
    assert every[None].marks.on_watchlist


def test_an_export_of_ones_own_is_imported_as_it_was_downloaded(
    people: People, ann: Account, catalogue: Catalogue
) -> None:
    run(people, ann, catalogue, MOVIELENS)
    content = export_zip(ann, people.own_items, catalogue)
    bob = people.registry.register("Bob", "correct horse", Language.ENGLISH)
    run(people, bob, catalogue, content, file_name="tastemaker.zip")
    assert ratings(people, bob) == ratings(people, ann)


@pytest.mark.parametrize(
    "content",
    [
        zipped(ratings=LETTERBOXD)[:-30],
        zipped(ratings=LETTERBOXD).replace(b"Amelie", b"xxxxxx")[:60],
        zipped(profile="Date Joined,Username\n"),
        b"PK\x03\x04 and nothing else",
    ],
    # An archive holds the time it was made at: as a name it would differ between workers.
    ids=["cut short", "its beginning", "without films", "no archive"],
)
def test_an_archive_that_is_none_or_holds_no_films_is_refused(content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        read_file(content, "x.zip", FormatName.AUTO, 1_000)


def test_an_archive_of_endless_zeros_is_refused() -> None:
    with pytest.raises(RequestInvalid, match="longer than"):
        read_file(zipped(ratings="0" * (33 * 2**20)), "x.zip", FormatName.AUTO, 1_000)
