"""The catalogue answers from memory what the data set says of an item."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tastemaker.core.errors import FileUnreadable
from tastemaker.core.item import Item, ItemKind
from tastemaker.ingest.catalogue import Catalogue, build_catalogue, save_catalogue
from tastemaker.ingest.dataset_store import DatasetStore
from tastemaker.ingest.ingest import Ingest
from tastemaker.ingest.limits import IngestConfig
from tastemaker.ingest.open_source import open_source

FILES = {
    "ratings.csv": "userId,movieId,rating,timestamp\n1,7,4,1\n2,7,3,2\n",
    "movies.csv": 'movieId,title,genres\n7,"Matrix, The (1999)",Sci-Fi|Action\n8,Kolya,Drama\n',
    "links.csv": "movieId,imdbId,tmdbId\n7,0133093,603\n",
}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    folder = tmp_path / "movielens"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content)
    store = DatasetStore(tmp_path / "data")
    Ingest(store, IngestConfig()).run(
        open_source(str(folder)),
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        on_progress=lambda _step, _share: None,
    )
    dataset = store.current()
    assert dataset is not None
    path = tmp_path / "catalogue.parquet"
    save_catalogue(build_catalogue(dataset), path)
    return Catalogue.load(path)


def test_columns_and_counts(catalogue: Catalogue) -> None:
    assert catalogue.ids == ("7", "8")
    assert catalogue.position == {"7": 0, "8": 1}
    assert catalogue.titles == ("The Matrix", "Kolya")
    assert catalogue.genres == ("Action", "Drama", "Sci-Fi")
    assert catalogue.item_genre.tolist() == [[1, 0, 1], [0, 1, 0]]
    assert catalogue.year.tolist() == [1999, 0]
    assert catalogue.n_ratings.tolist() == [2, 0]
    assert catalogue.n_events.tolist() == [2, 0]
    assert catalogue.mean_rating.tolist() == [3.5, 0]
    assert catalogue.available.tolist() == [True, True]
    assert np.isnan(catalogue.price).all()
    dtypes = [catalogue.item_genre.dtype, catalogue.year.dtype, catalogue.mean_rating.dtype]
    assert dtypes == [np.uint8, np.int16, np.float32]


def test_an_item(catalogue: Catalogue) -> None:
    assert catalogue.item(0) == Item(
        item_id=catalogue.item(0).item_id,
        title="The Matrix",
        kind=ItemKind.MOVIE,
        year=1999,
        categories=("Action", "Sci-Fi"),
        external_ids={"imdb": "0133093", "tmdb": "603"},
    )
    assert catalogue.item(1).year is None


def test_a_cut_catalogue(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "catalogue.parquet"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(FileUnreadable, match="make movies"):
        Catalogue.load(path)
    assert len(catalogue) == 2
