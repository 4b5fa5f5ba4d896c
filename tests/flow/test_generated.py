"""Generated data, written to files, a database and MongoDB, and ingested from each."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import polars as pl
import pytest
from pymongo import MongoClient
from sqlalchemy import create_engine, make_url, text

from tastemaker.config import load_settings
from tastemaker.core.errors import Conflict, StoreUnavailable
from tastemaker.ingest.dataset import Dataset
from tastemaker.synthesis.world import WorldConfig
from tastemaker.wire import generate, ingest
from tastemaker.wire.places import ingested_dataset
from tests.conftest import MONGODB_URL, POSTGRES_URL
from tests.flow.server import run
from tests.unit.train.small_home import silent

CONFIG = WorldConfig(n_users=60, n_items=40, n_tastes=4, events_a_user=8, seed=1)

needs_mongodb = pytest.mark.skipif(MONGODB_URL not in os.environ, reason="no MongoDB")
needs_postgres = pytest.mark.skipif(POSTGRES_URL not in os.environ, reason="no PostgreSQL")


@pytest.fixture
def mongo_url() -> Iterator[str]:
    """A database of its own."""
    parts = os.environ[MONGODB_URL].rpartition("/")
    name = f"generated_{uuid4().hex}"
    yield f"{parts[0]}/{name}"
    with MongoClient[dict[str, object]](os.environ[MONGODB_URL]) as client:
        client.drop_database(name)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A database of its own."""
    name = f"generated_{uuid4().hex}"
    engine = create_engine(os.environ[POSTGRES_URL], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(os.environ[POSTGRES_URL]).set(database=name)
    yield url.render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    engine.dispose()


def _ingested(toml: str, folder: Path) -> Dataset:
    folder.mkdir()
    (folder / "tastemaker.toml").write_text(toml)
    settings = load_settings(folder / "tastemaker.toml", home=folder / "home")
    report = ingest(settings, dry_run=False, replace=False, on_progress=silent)
    assert report.n_rejected == 0
    return ingested_dataset(settings)


def _same(one: Dataset, other: Dataset) -> None:
    events = [d.read_interactions().drop("row").sort(pl.all()) for d in (one, other)]
    assert events[0].equals(events[1])
    items = [d.read_items().sort("item_id") for d in (one, other)]
    assert items[0].equals(items[1])


@pytest.fixture
def from_csv(tmp_path: Path) -> Dataset:
    _, toml = generate(str(tmp_path / "generated"), CONFIG, "csv")
    return _ingested(toml, tmp_path / "of-csv")


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_every_kind_of_file_holds_the_same(from_csv: Dataset, tmp_path: Path, kind: str) -> None:
    _, toml = generate(str(tmp_path / kind), CONFIG, kind)  # type: ignore[arg-type]
    _same(_ingested(toml, tmp_path / "of-other"), from_csv)


def test_a_database_holds_the_same(from_csv: Dataset, tmp_path: Path) -> None:
    _, toml = generate(f"sqlite:///{tmp_path}/generated.db", CONFIG, "csv")
    _same(_ingested(toml, tmp_path / "of-sql"), from_csv)


@needs_postgres
def test_postgresql_holds_the_same(from_csv: Dataset, tmp_path: Path, postgres_url: str) -> None:
    _, toml = generate(postgres_url, CONFIG, "csv")
    _same(_ingested(toml, tmp_path / "of-postgres"), from_csv)


@needs_mongodb
def test_mongodb_holds_the_same(from_csv: Dataset, tmp_path: Path, mongo_url: str) -> None:
    _, toml = generate(mongo_url, CONFIG, "csv")
    _same(_ingested(toml, tmp_path / "of-mongo"), from_csv)


@needs_mongodb
def test_bad_documents_are_set_aside_with_their_reason(tmp_path: Path, mongo_url: str) -> None:
    generate(mongo_url, CONFIG, "csv")
    with MongoClient[dict[str, object]](mongo_url) as client:
        database = client.get_default_database()
        good = {"user_id": "u1", "movie_id": "m1"}
        at = database["likes"].find_one()["at"]  # type: ignore[index]
        database["likes"].insert_many(
            [
                {**good, "rating": 11, "at": at},
                {**good, "rating": "good", "at": at},
                {"movie_id": "m1", "rating": 5, "at": at},
                {"user_id": {"a": 1}, "movie_id": "m1", "rating": 5, "at": at},
            ]
        )
        database["watched_movies"].insert_one({**good, "finished": "perhaps", "at": at})
        database["bookmarks"].insert_one({**good, "at": "yesterday"})
        database["movies"].insert_one({"_id": "", "title": "Nothing"})
    settings = load_settings(None, home=tmp_path / "home", data={"source": mongo_url})
    report = ingest(settings, dry_run=True, replace=False, on_progress=silent)
    assert {(one.table, one.reason): one.n_rows for one in report.reasons} == {
        ("interactions", "rating outside 0.5 to 5.0"): 1,
        ("interactions", "value is not a number"): 1,
        ("interactions", "missing user_id"): 1,
        ("interactions", "nested value"): 1,
        ("interactions", "unknown action"): 1,
        ("interactions", "time cannot be read"): 1,
        ("items", "missing item_id"): 1,
    }


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    for target in (str(tmp_path / "files"), f"sqlite:///{tmp_path}/world.db"):
        generate(target, CONFIG, "csv")
        with pytest.raises(Conflict):
            generate(target, CONFIG, "csv")


def test_a_mongodb_that_is_away_is_named(tmp_path: Path) -> None:
    source = "mongodb://ann:secret@127.0.0.1:1/films?serverSelectionTimeoutMS=100"
    settings = load_settings(None, home=tmp_path / "home", data={"source": source})
    with pytest.raises(StoreUnavailable) as refused:
        ingest(settings, dry_run=True, replace=False, on_progress=silent)
    assert "secret" not in str(refused.value)


def test_the_command_says_how_to_go_on(tmp_path: Path) -> None:
    done = run("generate", tmp_path / "made", "--users", "30", "--items", "20", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    [command] = [line for line in done.stdout.splitlines() if line.startswith("tastemaker ingest")]
    ingested = run(*command.split()[1:], "--dry-run", cwd=tmp_path)
    assert ingested.returncode == 0, ingested.stderr
    assert "0 rows" in ingested.stdout
