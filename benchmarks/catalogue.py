"""How long a suggestion and a page of the catalogue take, of 90,000 titles on one core.

The titles are made of the words of real ones, with letters mixed in that no title has.
"""

import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from rapidfuzz import fuzz, process

from benchmarks.table import Row
from tastemaker.api.catalogue_index import CatalogueIndex, CatalogueQuery, Sort
from tastemaker.core.clock import system_clock
from tastemaker.ingest.catalogue import Catalogue, build_catalogue
from tastemaker.ingest.dataset_store import DatasetStore
from tastemaker.ingest.ingest import Ingest
from tastemaker.ingest.limits import IngestConfig
from tastemaker.ingest.open_source import open_source
from tastemaker.search.suggest import TitleIndex

N_TITLES = 90_000
N_REPEATS = 21
TYPED = (
    "t",
    "the",
    "matrix",
    "matrxi",
    "lord of the rings",
    "lrod of the rings",
    "титаник",
    "гарри поттер",
    "starwars",
    "nothing is like this",
)
QUERIES = {
    "everything": CatalogueQuery(),
    "two words": CatalogueQuery(words=("the", "ma")),
    "genres, years, rating": CatalogueQuery(
        genres_any=("Drama", "Comedy"), genres_none=("War",), year_from=1990, rating_from=3.0
    ),
}


def rows(data_dir: Path) -> Iterator[Row]:
    catalogue = _large(data_dir / "ml-latest-small")
    started_s = time.perf_counter()
    index = TitleIndex(catalogue)
    built_s = time.perf_counter() - started_s
    yield Row(f"index for suggestions of {N_TITLES:,} titles", f"{built_s:.1f} s")
    slowest_ms, typed = max((_median_ms(partial(index.titles, t, 8)), t) for t in TYPED)
    peer_ms = _median_ms(
        lambda: process.extract(typed, catalogue.titles, scorer=fuzz.WRatio, limit=8), 3
    )
    yield Row(
        f"suggestions while typing, slowest of {len(TYPED)} ({typed!r})",
        f"{slowest_ms:.1f} ms",
        "<= 10 ms",
        f"{peer_ms:.0f} ms by rapidfuzz over all titles",
    )
    pages = CatalogueIndex(catalogue)
    slowest_ms, name = max(
        (_median_ms(partial(pages.find, query, Sort.POPULARITY, None, 50)), name)
        for name, query in QUERIES.items()
    )
    yield Row(
        f"page of the catalogue with counts, slowest of {len(QUERIES)} ({name})",
        f"{slowest_ms:.1f} ms",
        "<= 20 ms",
    )


def _large(source: Path) -> Catalogue:
    with TemporaryDirectory() as folder:
        store = DatasetStore(Path(folder))
        Ingest(store, IngestConfig()).run(
            open_source(str(source), None), clock=system_clock, on_progress=lambda _s, _f: None
        )
        dataset = store.current()
        if dataset is None:
            raise RuntimeError("the ingest wrote nothing")
        real = build_catalogue(dataset)
    rng = random.Random(0)
    words = sorted({word for title in real["title"].to_list() for word in title.split()})
    n_copies = -(-N_TITLES // len(real))
    large = pl.concat([real] * n_copies).head(N_TITLES)
    made = [_title(rng, words) for _ in range(N_TITLES - len(real))]
    return Catalogue.of_frame(
        large.with_columns(
            item_id=pl.Series([str(number) for number in range(N_TITLES)]),
            title=pl.Series(real["title"].to_list() + made),
        )
    )


def _title(rng: random.Random, words: list[str]) -> str:
    return " ".join(
        rng.choice(words) if rng.random() < 0.8 else _unheard_of(rng)
        for _ in range(rng.randint(1, 6))
    )


def _unheard_of(rng: random.Random) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return "".join(rng.choice(letters) for _ in range(rng.randint(3, 9)))


def _median_ms(call: Callable[[], object], n_repeats: int = N_REPEATS) -> float:
    took_s = []
    for _ in range(n_repeats):
        started_s = time.perf_counter()
        call()
        took_s.append(time.perf_counter() - started_s)
    return sorted(took_s)[n_repeats // 2] * 1_000
