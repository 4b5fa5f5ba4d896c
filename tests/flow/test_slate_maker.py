"""Slates made ahead: of items too, and while the version in service is damaged."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tastemaker.api import stored_answer
from tastemaker.core.stored_slate import SlateKey, SlateKind
from tastemaker.models.description_sums import write_sums
from tastemaker.models.manifest import MANIFEST
from tastemaker.store.database import Database
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.migrate import migrate
from tastemaker.store.user_genres import UserGenres
from tastemaker.wire.slate_maker import SlateMaker
from tests.unit.train.small_home import settings_of

VARIANT = "transitions"


@pytest.fixture
def home(circles_home: Path, tmp_path: Path) -> Path:
    shutil.copy(circles_home.parent / "events.csv", tmp_path)
    return Path(shutil.copytree(circles_home, tmp_path / "home"))


@pytest.fixture
def maker(home: Path, tmp_path: Path) -> Iterator[SlateMaker]:
    engine = open_engine(f"sqlite:///{home}/tastemaker.db", StoreConfig())
    migrate(engine)
    log = InteractionLog(engine)
    yield SlateMaker(settings_of(tmp_path, recommend={}), log, UserGenres(Database(engine)))
    log.close()
    engine.dispose()


def test_items_similar_to_one_are_made_by_the_variant_that_answers_for_them(
    maker: SlateMaker,
) -> None:
    made = maker.make(SlateKey(SlateKind.ITEM, "i05", "similar"))
    assert made is not None
    answer = stored_answer.read(made.answer)
    assert answer is not None
    assert answer.item_ids
    assert "i05" not in answer.item_ids
    # They have one page.
    assert answer.packed is None
    assert maker.make(SlateKey(SlateKind.ITEM, "i05", VARIANT)) is None
    assert maker.make(SlateKey(SlateKind.ITEM, "gone", "similar")) is None


def test_a_version_damaged_from_the_start_is_refused_once(home: Path, maker: SlateMaker) -> None:
    whole = _in_service(home)
    _array_of(_serve_copy(home, "damaged")).write_bytes(b"")
    assert _made_by(maker) == ({whole}, 1)
    _serve_copy(home, "later")
    assert _made_by(maker) == ({"later"}, 0)


def test_a_version_damaged_later_is_refused_once(home: Path, maker: SlateMaker) -> None:
    whole = _in_service(home)
    assert _made_by(maker) == ({whole}, 0)
    array = _array_of(_serve_copy(home, "damaged"))
    array.write_bytes(array.read_bytes()[:-1] + b"?")
    assert _made_by(maker) == ({whole}, 1)


def _made_by(maker: SlateMaker) -> tuple[set[str], int]:
    """Versions that made some slates, and how often one was refused."""
    with capture_logs() as lines:
        made = [maker.make(SlateKey(SlateKind.USER, f"u{n}", VARIANT)) for n in range(5)]
    n_refused = sum(line["event"] == "model refused" for line in lines)
    return {"" if slate is None else slate.model_version for slate in made}, n_refused


def _in_service(home: Path) -> str:
    return (home / "models" / "CURRENT").read_text().strip()


def _serve_copy(home: Path, version: str) -> Path:
    """Its folder."""
    models = home / "models"
    folder = Path(shutil.copytree(models / _whole(models), models / version))
    told = json.loads((folder / MANIFEST).read_text())
    told["provenance"]["version"] = version
    (folder / MANIFEST).write_text(json.dumps(told))
    write_sums(folder)
    (models / "CURRENT").write_text(f"{version}\n")
    return folder


def _whole(models: Path) -> str:
    return min(path.name for path in models.glob("[0-9]*"))


def _array_of(folder: Path) -> Path:
    return next((folder / VARIANT).glob("*.npy"))
