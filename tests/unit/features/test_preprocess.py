"""The feature tables count what happened, and are made only when something changed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tastemaker.core.errors import FileUnreadable, NotFound
from tastemaker.core.ids import UserId
from tastemaker.core.interaction import Action
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.preprocess import Preprocess
from tastemaker.features.store import FeatureConfig, FeatureSet, FeatureStore
from tests.unit.features.frames import Event, interactions

EVENTS: list[Event] = [
    ("u", "a", Action.RATE, 4.0, 10),
    ("u", "b", Action.RATE, 2.0, 20),
    ("v", "a", Action.RATE, 5.0, 5),
    ("v", "a", Action.PURCHASE, None, 30),
    ("v", "c", Action.BOOKMARK, None, 40),
]
ITEMS = pl.DataFrame(
    {
        "item_id": ["a", "b", "c", "unused"],
        "kind": ["movie"] * 4,
        "title": ["Alien", "Brazil", "Casablanca", "Dune"],
        "year": [1979, 1985, 1942, 2021],
        "genres": [["Horror", "Sci-Fi"], ["Sci-Fi"], [], ["Epic"]],
    }
)


@dataclass(frozen=True)
class Files:
    version: str
    interactions: Path
    items: Path


@pytest.fixture
def files(tmp_path: Path) -> Files:
    found = Files("v1", tmp_path / "interactions.parquet", tmp_path / "items.parquet")
    interactions(EVENTS).write_parquet(found.interactions)
    ITEMS.write_parquet(found.items)
    return found


def make(
    tmp_path: Path, files: Files, weights: FeedbackWeights | None = None
) -> tuple[FeatureSet, list[str]]:
    """The features, and the steps that were made."""
    steps: list[str] = []
    store = FeatureStore(tmp_path / "features", FeatureConfig())
    made = Preprocess(store, weights or FeedbackWeights()).run(
        files,
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        on_progress=lambda step, _share: steps.append(step),
    )
    return made, steps


def test_item_stats(tmp_path: Path, files: Files) -> None:
    made, _ = make(tmp_path, files)
    first = made.read("item_stats").to_dicts()[0]
    assert first["item_id"] == "a"
    assert (first["n_events"], first["n_users"], first["n_ratings"]) == (3, 2, 2)
    assert first["mean_rating"] == 4.5
    assert first["sum_weight"] == pytest.approx(0.8 + 1.0 + 1.0)
    assert (first["first_at"].timestamp(), first["last_at"].timestamp()) == (5, 30)


def test_user_stats(tmp_path: Path, files: Files) -> None:
    stats = make(tmp_path, files)[0].read("user_stats")
    columns = ["user_id", "n_events", "n_items", "mean_rating"]
    assert stats.select(columns).rows() == [("u", 2, 2, 3.0), ("v", 3, 2, 5.0)]


def test_genre_stats_have_unused_genres_too(tmp_path: Path, files: Files) -> None:
    stats = make(tmp_path, files)[0].read("genre_stats")
    columns = ["genre", "n_items", "n_events", "n_users", "n_ratings"]
    assert stats.select(columns).rows() == [
        ("Epic", 1, 0, 0, 0),
        ("Horror", 1, 3, 2, 2),
        ("Sci-Fi", 2, 4, 2, 3),
    ]


def test_the_joined_table_has_every_interaction_in_order(tmp_path: Path, files: Files) -> None:
    wide = make(tmp_path, files)[0].read("interactions_wide")
    assert wide["row"].to_list() == [0, 1, 2, 3, 4]
    assert wide["title"].to_list() == ["Alien", "Brazil", "Alien", "Alien", "Casablanca"]
    assert wide["weight"].to_list() == pytest.approx([0.8, 0.4, 1.0, 1.0, 0.3])


def test_histories_come_with_the_tables(tmp_path: Path, files: Files) -> None:
    histories = make(tmp_path, files)[0].histories()
    assert [event.item_id for event in histories.past(UserId("v"))] == ["a", "a", "c"]


def test_the_same_data_and_weights_are_not_made_twice(tmp_path: Path, files: Files) -> None:
    first, _ = make(tmp_path, files)
    again, steps = make(tmp_path, files)
    assert again.manifest == first.manifest
    assert steps == []


def test_other_weights_or_other_data_make_another_version(tmp_path: Path, files: Files) -> None:
    first, _ = make(tmp_path, files)
    other, steps = make(tmp_path, files, FeedbackWeights(purchase=0.5))
    assert steps
    assert other.version != first.version
    later = Files("v2", files.interactions, files.items)
    assert make(tmp_path, later)[0].version not in (first.version, other.version)


@pytest.mark.parametrize(
    "name", ["manifest.json", "item_stats.parquet", "histories/item.npy", "histories/starts.npy"]
)
def test_damaged_features_are_made_anew(tmp_path: Path, files: Files, name: str) -> None:
    made, _ = make(tmp_path, files)
    path = made.folder / name
    path.write_bytes(path.read_bytes()[:20])
    again, steps = make(tmp_path, files)
    assert steps
    assert len(again.read("item_stats")) == 3


def test_damaged_data_leaves_the_features_as_they_were(tmp_path: Path, files: Files) -> None:
    made, _ = make(tmp_path, files)
    files.interactions.write_bytes(b"PAR1")
    with pytest.raises(FileUnreadable, match="Ingest the data again"):
        make(tmp_path, Files("v2", files.interactions, files.items))
    current = FeatureStore(tmp_path / "features", FeatureConfig()).current()
    assert current is not None
    assert current.version == made.version


def test_a_table_that_does_not_exist(tmp_path: Path, files: Files) -> None:
    with pytest.raises(NotFound, match="item_stats"):
        make(tmp_path, files)[0].read("no such table")
