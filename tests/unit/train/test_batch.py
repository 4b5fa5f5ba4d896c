"""Batch use: from a file to a model to a file of recommendations."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import tastemaker
from tastemaker.core.errors import (
    ColumnMissing,
    ConfigInvalid,
    Conflict,
    FileUnreadable,
    ModelCorrupt,
    NotEnoughData,
    NotFound,
    RequestInvalid,
)

COLUMNS = tastemaker.ColumnMap(user="who", item="what", at="when")
N_ITEMS = 30


def _table(n_users: int, per_user: int, seed: int) -> pl.DataFrame:
    """Ids with leading zeros; half of the people use even items, half odd ones."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"00{user}", f"0{item}", 1_000_000 * user + 60 * place)
        for user in range(n_users)
        for place, item in enumerate(
            rng.choice(np.arange(user % 2, N_ITEMS, 2), per_user, replace=False)
        )
    ]
    return pl.DataFrame(rows, ["who", "what", "when"], orient="row")


@pytest.fixture(scope="module")
def learnt_from(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("batch") / "learnt.csv"
    _table(n_users=60, per_user=8, seed=1).write_csv(path)
    return path


@pytest.fixture(scope="module")
def model(learnt_from: Path) -> tastemaker.BatchModel:
    return tastemaker.fit(learnt_from, "ease", columns=COLUMNS)


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[list[tuple[str, str, int]]], Path]:
    def write(rows: list[tuple[str, str, int]]) -> Path:
        path = tmp_path / "histories.parquet"
        pl.DataFrame(rows, ["who", "what", "when"], orient="row").write_parquet(path)
        return path

    return write


def test_people_get_new_items_of_their_own_kind(
    model: tastemaker.BatchModel, learnt_from: Path
) -> None:
    rows = model.recommend(learnt_from, k=5, columns=COLUMNS)
    assert rows.columns == ["user", "item", "rank", "score", "source"]
    assert rows["rank"].to_list() == [1, 2, 3, 4, 5] * 60
    parity = rows["user"].cast(pl.Int64) % 2 == rows["item"].cast(pl.Int64) % 2
    assert parity.mean() == 1.0
    used = pl.read_csv(learnt_from, infer_schema=False).select(user="who", item="what")
    assert rows.join(used, on=["user", "item"]).is_empty()
    falls = rows.select(pl.col("score").diff().over("user").drop_nulls() <= 0)
    assert falls["score"].all()


def test_ids_come_back_as_they_were_in_the_order_of_the_file(
    model: tastemaker.BatchModel, asked: Callable[[list[tuple[str, str, int]]], Path]
) -> None:
    path = asked([("zoë", "04", 5), ("007", "06", 6), ("zoë", "02", 7), ("7", "03", 8)])
    rows = model.recommend(path, k=1, columns=COLUMNS)
    assert rows["user"].to_list() == ["zoë", "007", "7"]
    assert rows.schema["user"] == rows.schema["item"] == pl.String


def test_seen_items_come_when_asked_for(
    model: tastemaker.BatchModel, asked: Callable[[list[tuple[str, str, int]]], Path]
) -> None:
    path = asked([("u", "04", 5)])
    without = model.recommend(path, k=10**9, columns=COLUMNS)
    with_seen = model.recommend(path, k=10**9, columns=COLUMNS, include_seen=True)
    assert set(with_seen["item"]) - set(without["item"]) == {"04"}


def test_people_of_whom_nothing_is_known_get_what_is_popular(
    model: tastemaker.BatchModel, asked: Callable[[list[tuple[str, str, int]]], Path]
) -> None:
    rows = model.recommend(asked([("new", "unheard of", 5), ("old", "04", 5)]), 3, columns=COLUMNS)
    by_user = rows.group_by("user", maintain_order=True).agg(pl.col("source").unique())
    assert by_user.rows() == [("new", ["popular"]), ("old", ["model"])]


def test_lists_the_model_cannot_fill_end_in_what_is_popular(
    learnt_from: Path, asked: Callable[[list[tuple[str, str, int]]], Path]
) -> None:
    knn = tastemaker.fit(learnt_from, "item_knn", columns=COLUMNS)
    rows = knn.recommend(asked([("u", "04", 5)]), k=10**9, columns=COLUMNS)
    n_own = rows["source"].to_list().count("model")
    assert 0 < n_own < len(rows) == N_ITEMS - 1
    assert rows["source"].to_list() == ["model"] * n_own + ["popular"] * (len(rows) - n_own)
    assert rows["rank"].to_list() == list(range(1, N_ITEMS))
    assert rows["item"].n_unique() == len(rows)


@pytest.mark.parametrize("k", [0, -3])
def test_a_k_below_one_is_refused(model: tastemaker.BatchModel, learnt_from: Path, k: int) -> None:
    with pytest.raises(RequestInvalid, match=f"k is {k}"):
        model.recommend(learnt_from, k, columns=COLUMNS)


def test_several_models_are_fused(learnt_from: Path) -> None:
    fused = tastemaker.VariantConfig(models=("ease", "item_knn"), quota=5)
    model = tastemaker.fit(learnt_from, fused, columns=COLUMNS, name="both")
    assert model.description.variant == "both"
    rows = model.recommend(learnt_from, k=5, columns=COLUMNS)
    assert rows["source"].unique().to_list() == ["model"]


def test_a_saved_model_answers_the_same(
    model: tastemaker.BatchModel, learnt_from: Path, tmp_path: Path
) -> None:
    model.save(tmp_path / "model")
    model.save(tmp_path / "model")
    loaded = tastemaker.load(tmp_path / "model")
    assert_frame_equal(
        loaded.recommend(learnt_from, columns=COLUMNS),
        model.recommend(learnt_from, columns=COLUMNS),
    )
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_the_same_file_and_seed_give_the_same_version(learnt_from: Path) -> None:
    def at(year: int) -> Callable[[], datetime]:
        return lambda: datetime(year, 1, 1, tzinfo=UTC)

    first = tastemaker.fit(learnt_from, "popular", columns=COLUMNS, clock=at(2025))
    second = tastemaker.fit(learnt_from, "popular", columns=COLUMNS, clock=at(2026))
    assert first.bundle.version == second.bundle.version


def test_a_model_cut_anywhere_is_called_damaged(
    model: tastemaker.BatchModel, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    model.save(whole)
    for file in [path.relative_to(whole) for path in whole.rglob("*") if path.is_file()]:
        for cut in ("missing", "half"):
            damaged = tmp_path / "damaged"
            shutil.copytree(whole, damaged)
            content = (damaged / file).read_bytes()
            (damaged / file).unlink()
            if cut == "half":
                (damaged / file).write_bytes(content[: len(content) // 2])
            with pytest.raises(ModelCorrupt):
                tastemaker.load(damaged)
            shutil.rmtree(damaged)
    shutil.rmtree(whole / "bundle")
    with pytest.raises(ModelCorrupt, match="models are missing"):
        tastemaker.load(whole)


def test_a_folder_of_something_else_is_left_alone(
    model: tastemaker.BatchModel, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(Conflict):
        model.save(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_no_model_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="tastemaker fit"):
        tastemaker.load(tmp_path / "nowhere")


def test_a_wrong_file_a_wrong_column_and_a_wrong_variant_are_named(
    learnt_from: Path, tmp_path: Path
) -> None:
    with pytest.raises(FileUnreadable):
        tastemaker.fit(tmp_path / "nowhere.csv")
    with pytest.raises(ColumnMissing, match="'user_id'"):
        tastemaker.fit(learnt_from)
    with pytest.raises(ConfigInvalid, match="no model 'ese'"):
        tastemaker.fit(learnt_from, "ese", columns=COLUMNS)


def test_too_little_to_learn_from_is_said(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("user_id,item_id\nu,a\n")
    with pytest.raises(NotEnoughData):
        tastemaker.fit(path, "transitions")


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_recommendations_survive_a_file(
    model: tastemaker.BatchModel, learnt_from: Path, tmp_path: Path, ending: str
) -> None:
    rows = model.recommend(learnt_from, k=3, columns=COLUMNS)
    path = tmp_path / "new" / f"out{ending}"
    tastemaker.write_recommendations(rows, path)
    read = pl.read_csv(path, schema=rows.schema) if ending == ".csv" else pl.read_parquet(path)
    assert_frame_equal(read, rows)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match=r"\.xlsx"):
        tastemaker.write_recommendations(pl.DataFrame(), tmp_path / "out.xlsx")


def test_importing_the_package_loads_nothing_else() -> None:
    code = (
        "import sys, tastemaker\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "print(loaded & {'numpy', 'polars', 'scipy', 'pydantic'})\n"
        "print(set(tastemaker.__all__) <= set(dir(tastemaker)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["set()", "True"]
    with pytest.raises(AttributeError, match="nothing_like_it"):
        tastemaker.__getattr__("nothing_like_it")
