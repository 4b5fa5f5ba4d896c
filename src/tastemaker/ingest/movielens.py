"""MovieLens as GroupLens hands it out: which files a folder holds tells which edition it is."""

from dataclasses import dataclass
from pathlib import Path

from tastemaker.core.errors import FileUnreadable
from tastemaker.core.interaction import Action
from tastemaker.ingest.columns import ColumnMap
from tastemaker.ingest.delimited import DelimitedTable
from tastemaker.ingest.dialect import Dialect
from tastemaker.ingest.interactions import InteractionTable
from tastemaker.ingest.lines import Encoding
from tastemaker.ingest.movielens_items import GENRE_FLAGS, FlaggedMovies, Movies
from tastemaker.ingest.source import Source

RATINGS = ColumnMap(
    user="userId",
    item="movieId",
    value="rating",
    at="timestamp",
    default_action=Action.RATE,
)
RATING_NAMES = ("userId", "movieId", "rating", "timestamp")
MOVIE_NAMES = ("movieId", "title", "genres")
TAG_NAMES = ("userId", "movieId", "tag", "timestamp")
FLAGGED_NAMES = ("movieId", "title", "released", "video", "url", *GENRE_FLAGS)


@dataclass(frozen=True, slots=True)
class _Edition:
    """How one group of editions is written."""

    ratings: Path
    movies: Path
    ratings_dialect: Dialect
    movies_dialect: Dialect


def bundled_movielens() -> Path:
    """The folder of MovieLens latest-small that comes with the package."""
    return Path(__file__).parent.parent / "bundled" / "movielens-small"


def is_movielens(folder: Path) -> bool:
    return folder.is_dir() and _edition(folder) is not None


def movielens(folder: Path) -> Source:
    """Raises FileUnreadable where the folder holds no edition of MovieLens."""
    edition = _edition(folder)
    if edition is None:
        raise FileUnreadable(
            "The folder holds no MovieLens data",
            where=str(folder),
            next_step="It needs ratings.csv and movies.csv, ratings.dat and movies.dat,"
            " or u.data and u.item.",
        )
    movies = DelimitedTable(edition.movies, edition.movies_dialect)
    tags, links = _beside(folder, "tags", edition), _beside(folder, "links", edition)
    is_flagged = edition.movies_dialect.names == FLAGGED_NAMES
    items = FlaggedMovies(movies) if is_flagged else Movies(movies, tags, links)
    tables = [table.path for table in (movies, tags, links) if table is not None]
    ratings = DelimitedTable(edition.ratings, edition.ratings_dialect)
    return Source(
        location=str(folder),
        interactions=InteractionTable(ratings, RATINGS),
        items=items,
        files=(edition.ratings, *tables),
    )


def _edition(folder: Path) -> _Edition | None:
    """CSV: latest and 20M to 32M. `::`: 1M and 10M. Tabs: 100K."""
    if (folder / "ratings.csv").is_file() and (folder / "movies.csv").is_file():
        return _Edition(folder / "ratings.csv", folder / "movies.csv", Dialect(), Dialect())
    if (folder / "ratings.dat").is_file() and (folder / "movies.dat").is_file():
        encoding = _encoding_of_dat(folder)
        ratings = Dialect("::", quoted=False, names=RATING_NAMES, encoding=encoding)
        movies = Dialect("::", quoted=False, names=MOVIE_NAMES, encoding=encoding)
        return _Edition(folder / "ratings.dat", folder / "movies.dat", ratings, movies)
    if (folder / "u.data").is_file() and (folder / "u.item").is_file():
        ratings = Dialect("\t", quoted=False, names=RATING_NAMES)
        movies = Dialect("|", quoted=False, names=FLAGGED_NAMES, encoding="latin-1")
        return _Edition(folder / "u.data", folder / "u.item", ratings, movies)
    return None


def _encoding_of_dat(folder: Path) -> Encoding:
    """1M came in Latin-1; 10M, the only other one with `::`, has tags and is in UTF-8."""
    return "utf-8" if (folder / "tags.dat").is_file() else "latin-1"


def _beside(folder: Path, name: str, edition: _Edition) -> DelimitedTable | None:
    """The edition's optional table of that name, where it is there."""
    path = folder / f"{name}{edition.ratings.suffix}"
    if not path.is_file():
        return None
    if edition.ratings.suffix == ".csv":
        return DelimitedTable(path, Dialect())
    return DelimitedTable(path, Dialect("::", quoted=False, names=TAG_NAMES))
