"""What is in the data set after a run, and what is not touched by a run that fails."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tastemaker.core.errors import ConfigInvalid, FileUnreadable, TooManyRejected
from tastemaker.ingest.columns import ColumnMap, ItemColumnMap
from tastemaker.ingest.dataset import Dataset
from tastemaker.ingest.dataset_store import DatasetStore
from tastemaker.ingest.frames import INTERACTIONS_SCHEMA, ITEMS_SCHEMA
from tastemaker.ingest.ingest import Ingest
from tastemaker.ingest.limits import IngestConfig
from tastemaker.ingest.open_source import open_source
from tastemaker.ingest.report import IngestReport
from tastemaker.ingest.source import Source

COLUMNS = ColumnMap(user="user", item="item", value="stars", at="at")
ITEM_COLUMNS = ItemColumnMap(item="id", title="name", genres="genres", price="price")


@pytest.fixture
def store(tmp_path: Path) -> DatasetStore:
    return DatasetStore(tmp_path / "data")


def events(tmp_path: Path, *lines: str, name: str = "events.csv", items: str = "") -> Source:
    path, catalogue = tmp_path / name, tmp_path / "items.csv"
    path.write_text("\n".join(["user,item,stars,at", *lines]))
    if not items:
        return open_source(str(path), COLUMNS)
    catalogue.write_text(items)
    return open_source(str(path), COLUMNS, items=str(catalogue), item_columns=ITEM_COLUMNS)


def run(
    store: DatasetStore,
    source: Source,
    *,
    dry_run: bool = False,
    replace: bool = False,
    config: IngestConfig | None = None,
) -> IngestReport:
    return Ingest(store, config or IngestConfig()).run(
        source,
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        on_progress=lambda _step, _share: None,
        dry_run=dry_run,
        replace=replace,
    )


def current(store: DatasetStore) -> Dataset:
    dataset = store.current()
    assert dataset is not None
    return dataset


def pairs(store: DatasetStore) -> list[tuple[str, str]]:
    return current(store).read_interactions().select("user_id", "item_id").rows()


def everything(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_tables_have_the_shape_that_everything_relies_on(
    store: DatasetStore, tmp_path: Path
) -> None:
    run(store, events(tmp_path, "u,i,4,100", "u,j,3,50"))
    assert current(store).read_interactions().schema == INTERACTIONS_SCHEMA
    assert current(store).read_items().schema == ITEMS_SCHEMA
    assert current(store).read_items()["item_id"].to_list() == ["i", "j"]


def test_the_same_file_twice_changes_nothing(store: DatasetStore, tmp_path: Path) -> None:
    first = run(store, events(tmp_path, "u,i,4,100", "v,j,3,200"))
    before = everything(tmp_path / "data")
    again = run(store, events(tmp_path, "u,i,4,100", "v,j,3,200", name="a copy.csv"))
    assert (first.is_changed, again.is_changed) == (True, False)
    assert (again.version, again.n_new, again.n_repeated) == (first.version, 0, 2)
    assert everything(tmp_path / "data") == before


def test_a_second_file_is_merged(store: DatasetStore, tmp_path: Path) -> None:
    run(store, events(tmp_path, "u,i,4,100", "v,j,3,200"))
    report = run(store, events(tmp_path, "v,j,3,200", "v,j,3,300", "w,k,5,1"))
    assert (report.n_new, report.n_repeated, report.n_interactions) == (2, 1, 4)
    assert pairs(store) == [("u", "i"), ("v", "j"), ("v", "j"), ("w", "k")]
    again = run(store, events(tmp_path, "u,i,4,100", "v,j,3,200"))
    assert (again.is_changed, again.version) == (False, report.version)


def test_replace_starts_afresh(store: DatasetStore, tmp_path: Path) -> None:
    first = run(store, events(tmp_path, "u,i,4,100"))
    run(store, events(tmp_path, "v,j,3,200"), replace=True)
    assert pairs(store) == [("v", "j")]
    back = run(store, events(tmp_path, "u,i,4,100"), replace=True)
    assert back.version == first.version
    assert pairs(store) == [("u", "i")]


def test_a_dry_run_reports_and_writes_nothing(store: DatasetStore, tmp_path: Path) -> None:
    lines = [f"u,i{at},4,{at}" for at in range(30)]
    report = run(store, events(tmp_path, *lines, "u,x,9,1"), dry_run=True)
    assert (report.is_dry_run, report.is_changed, report.n_new) == (True, True, 30)
    assert [(row.line, row.reason) for row in report.examples] == [
        (32, "rating outside 0.5 to 5.0")
    ]
    assert report.version is None
    assert not (tmp_path / "data").exists()


def test_rejected_rows_are_in_a_file_with_line_reason_and_text(
    store: DatasetStore, tmp_path: Path
) -> None:
    lines = [f"u,i{at},4,{at}" for at in range(60)]
    report = run(store, events(tmp_path, *lines, "u,x,9,1", "u,,4,1", "u,y"))
    assert report.rejects is not None
    assert pl.read_csv(report.rejects).rows() == [
        ("interactions", 62, "rating outside 0.5 to 5.0", "u,x,9,1"),
        ("interactions", 63, "missing item_id", "u,,4,1"),
        ("interactions", 64, "wrong number of columns", "u,y"),
    ]
    assert report.n_rejected == 3
    assert sum(count.n_rows for count in report.reasons) == 3


def test_too_many_bad_rows_stop_the_run_before_anything_is_written(
    store: DatasetStore, tmp_path: Path
) -> None:
    run(store, events(tmp_path, "u,i,4,100"))
    before = everything(tmp_path / "data")
    with pytest.raises(TooManyRejected, match="1 of 3 rows of interactions rejected") as caught:
        run(store, events(tmp_path, "u,j,4,1", "u,k,4,2", "u,l,40,3"))
    assert "rating outside" in str(caught.value)
    assert everything(tmp_path / "data") == before
    lenient = IngestConfig(max_rejected=0.5)
    assert run(store, events(tmp_path, "u,j,4,1", "u,l,40,3"), config=lenient).n_new == 1


@pytest.mark.parametrize("lines", [[], [""]])
def test_a_file_without_rows(store: DatasetStore, tmp_path: Path, lines: list[str]) -> None:
    with pytest.raises(FileUnreadable, match="not one usable"):
        run(store, events(tmp_path, *lines))
    assert store.current() is None


def test_items_have_their_own_table(store: DatasetStore, tmp_path: Path) -> None:
    items = "id,name,genres,price\ni,Chair,home| wood,9.5\nj,,,-1\n"
    lines = [f"u,i,4,{at}" for at in range(30)]
    report = run(store, events(tmp_path, *lines, "u,unheard,4,1", items=items))
    assert [count.reason for count in report.reasons] == ["unknown item"]
    chair, bare = current(store).read_items().to_dicts()
    assert (chair["title"], chair["genres"], chair["price"]) == ("Chair", ["home", "wood"], 9.5)
    assert (chair["kind"], chair["available"]) == ("product", True)
    assert (bare["title"], bare["genres"], bare["price"]) == ("j", [], None)


def test_unknown_items_may_be_added_instead(store: DatasetStore, tmp_path: Path) -> None:
    source = events(tmp_path, "u,unheard,4,1", items="id,name,genres,price\ni,Chair,,\n")
    run(store, source, config=IngestConfig(unknown_items="add"))
    assert current(store).read_items()["title"].to_list() == ["Chair", "unheard"]


def test_an_item_described_anew_is_a_change(store: DatasetStore, tmp_path: Path) -> None:
    header = "id,name,genres,price\n"
    run(store, events(tmp_path, "u,i,4,1", items=f"{header}i,Chair,,\n"))
    report = run(store, events(tmp_path, "u,i,4,1", items=f"{header}i,Stool,,\n"))
    assert (report.is_changed, report.n_new) == (True, 0)
    assert current(store).read_items()["title"].to_list() == ["Stool"]


def test_old_versions_are_removed(store: DatasetStore, tmp_path: Path) -> None:
    for at in range(5):
        run(store, events(tmp_path, f"u,i,4,{at}"), config=IngestConfig(keep_versions=2))
    folders = [path for path in (tmp_path / "data").iterdir() if path.is_dir()]
    assert len(folders) == 2
    assert len(pairs(store)) == 5


def test_the_description_of_a_data_set(store: DatasetStore, tmp_path: Path) -> None:
    run(store, events(tmp_path, "u,i,4,100", "v,i,3,300"))
    metadata = current(store).metadata
    assert metadata.n_users == 2
    assert metadata.tables["interactions"].n_rows == 2
    assert metadata.tables["interactions"].columns["user_id"] == "String"
    assert metadata.first_at == datetime(1970, 1, 1, 0, 1, 40, tzinfo=UTC)
    (source,) = metadata.sources
    assert list(source.files) == ["events.csv"]
    completeness = json.loads((current(store).folder / "completeness.json").read_text())
    columns = completeness["tables"]["interactions"]["columns"]
    assert columns["price"] == {"nulls": 2, "distinct": 0}
    assert columns["item_id"] == {"nulls": 0, "distinct": 1}
    assert completeness["joins"]["interactions with their item"] == 1.0


@pytest.mark.parametrize("name", ["interactions.parquet", "items.parquet", "metadata.json"])
def test_a_damaged_data_set_says_what_to_do_and_that_helps(
    store: DatasetStore, tmp_path: Path, name: str
) -> None:
    run(store, events(tmp_path, "u,i,4,100"))
    (current(store).folder / name).write_bytes(b"PAR1")
    with pytest.raises(FileUnreadable, match="--replace"):
        run(store, events(tmp_path, "u,i,4,100"))
    run(store, events(tmp_path, "u,i,4,100"), replace=True)
    assert pairs(store) == [("u", "i")]
    assert len(current(store).read_items()) == 1


def test_a_lost_pointer_is_not_taken_for_an_empty_store(
    store: DatasetStore, tmp_path: Path
) -> None:
    version = run(store, events(tmp_path, "u,i,4,100")).version
    (tmp_path / "data" / "CURRENT").write_text("nonsense")
    with pytest.raises(FileUnreadable, match=f"{version}"):
        store.current()


def test_an_ingest_that_is_interrupted_changes_nothing(store: DatasetStore, tmp_path: Path) -> None:
    run(store, events(tmp_path, "u,i,4,100"))
    before = everything(tmp_path / "data")

    def interrupt(step: str, share: float) -> None:
        if (step, share) == ("write", 0.0):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Ingest(store, IngestConfig()).run(
            events(tmp_path, "v,j,4,100"),
            clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
            on_progress=interrupt,
        )
    assert everything(tmp_path / "data") == before


@pytest.mark.skipif(
    "TASTEMAKER_DATA_DIR" not in os.environ, reason="TASTEMAKER_DATA_DIR is not set"
)
def test_one_million_ratings(store: DatasetStore) -> None:
    report = run(store, open_source(f"{os.environ['TASTEMAKER_DATA_DIR']}/ml-1m"))
    assert (report.n_interactions, report.n_users, report.n_items) == (1_000_209, 6040, 3883)
    assert (report.n_rejected, report.n_repeated) == (0, 0)


@pytest.mark.parametrize(
    ("location", "options", "said"),
    [
        ("nowhere.csv", {}, "No such file"),
        ("sqlite:///x.db", {}, "needs a query"),
        ("not a url://", {"query": "SELECT 1"}, "cannot be read"),
        ("events.csv", {"query": "SELECT 1"}, "needs the URL"),
        ("events.csv", {"items": "items.csv"}, "map of its columns"),
    ],
)
def test_an_address_that_leads_nowhere(location: str, options: dict[str, str], said: str) -> None:
    with pytest.raises((FileUnreadable, ConfigInvalid), match=said):
        open_source(location, None, **options)  # type: ignore[arg-type]
