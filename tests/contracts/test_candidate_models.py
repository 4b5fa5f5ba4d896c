"""What every candidate model promises, on real data."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tastemaker.core.errors import ModelCorrupt, NotEnoughData
from tastemaker.core.history import History
from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.registry import MODELS
from tastemaker.ports import CandidateModel
from tests.contracts.movielens_small import LastOut, last_out

Model = CandidateModel[Any]
QUICK_OR_EXACT: dict[str, dict[str, int]] = {
    "transitions": {"min_dense_uses": 20},
    "ease": {"min_dense_uses": 10},
    "near": {"min_dense_uses": 10},
    "als": {"n_threads": 1},
    "ials": {"n_threads": 1},
    "lightfm": {"n_epochs": 10},
}
LINEAR = ("als", "ials", "ease", "near", "transitions", "item_knn", "content")
PERSONAL = ("als", "ials", "ease", "near", "transitions", "item_knn", "lightfm")
FITTED = [name for name in MODELS if name != "lightfm" or find_spec("lightfm")]
"""LightFM is an extra: tests say where it is not installed."""


@pytest.fixture(scope="module")
def data() -> LastOut:
    return last_out()


@pytest.fixture(scope="module")
def fitted(data: LastOut) -> dict[str, Model]:
    return {name: _fit(name, data.training, seed=0) for name in FITTED}


@pytest.fixture(params=sorted(MODELS))
def name(request: pytest.FixtureRequest) -> str:
    return _installed(str(request.param))


def test_a_saved_model_answers_as_before(
    name: str, fitted: dict[str, Model], data: LastOut, tmp_path: Path
) -> None:
    fitted[name].save(tmp_path)
    loaded = MODELS[name].load(tmp_path)
    history = data.histories[0]
    np.testing.assert_array_equal(loaded.score(history), fitted[name].score(history))
    assert loaded.config == fitted[name].config


def test_a_saved_model_is_arrays_and_json_alone(
    name: str, fitted: dict[str, Model], tmp_path: Path
) -> None:
    fitted[name].save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".npy", ".json"}


def test_a_folder_cut_anywhere_is_refused(
    name: str, fitted: dict[str, Model], tmp_path: Path
) -> None:
    fitted[name].save(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(ModelCorrupt, match=path.name):
            MODELS[name].load(tmp_path)
        path.unlink()
        with pytest.raises(ModelCorrupt, match=path.name):
            MODELS[name].load(tmp_path)
        path.write_bytes(whole)
    MODELS[name].load(tmp_path)


def test_many_histories_score_as_one_by_one(
    name: str, fitted: dict[str, Model], data: LastOut
) -> None:
    histories = [*data.histories[:8], History.empty()]
    together = fitted[name].score_many(histories)
    assert together.shape == (9, data.training.n_items)
    assert together.dtype == np.float32
    for row, history in zip(together, histories, strict=True):
        np.testing.assert_allclose(row, fitted[name].score(history), rtol=1e-4, atol=1e-6)


def test_no_history_is_no_error(name: str, fitted: dict[str, Model], data: LastOut) -> None:
    scores = fitted[name].score(History.empty())
    assert scores.shape == (data.training.n_items,)
    assert np.isfinite(scores).any() == (name == "popular")
    assert fitted[name].explain(History.empty(), np.arange(3, dtype=np.int32)).shape == (3, 0)
    assert fitted[name].explain(data.histories[0], np.empty(0, np.int32)).shape[0] == 0
    assert fitted[name].score_many([]).shape == (0, data.training.n_items)


def test_a_history_of_the_whole_catalogue_has_finite_scores(
    name: str, fitted: dict[str, Model], data: LastOut
) -> None:
    n_items = data.training.n_items
    everything = History(
        np.arange(n_items, dtype=np.int32),
        np.ones(n_items, np.float32),
        np.zeros(n_items, np.int64),
    )
    scores = fitted[name].score(everything)
    assert np.isfinite(scores).any()
    assert not np.isnan(scores).any()


def test_the_same_seed_gives_the_same_answer(
    name: str, fitted: dict[str, Model], data: LastOut
) -> None:
    again = _fit(name, data.training, seed=0)
    np.testing.assert_array_equal(
        again.score(data.histories[5]), fitted[name].score(data.histories[5])
    )


def test_scores_depend_on_the_history_given(
    name: str, fitted: dict[str, Model], data: LastOut
) -> None:
    one, other = fitted[name].score_many(data.histories[:2])
    assert np.array_equal(one, other) == (name == "popular")


@pytest.mark.parametrize("linear", LINEAR)
def test_explanations_add_up_to_the_score(
    linear: str, fitted: dict[str, Model], data: LastOut
) -> None:
    model = fitted[linear]
    for history in data.histories[:5]:
        scores = model.score(history)
        best = np.argsort(-scores)[:5].astype(np.int32)
        shares = model.explain(history, best)
        assert shares.shape == (5, len(history))
        np.testing.assert_allclose(shares.sum(axis=1), scores[best], rtol=1e-3, atol=1e-5)


def test_an_item_nobody_used_is_only_known_by_its_content(
    name: str, fitted: dict[str, Model], data: LastOut
) -> None:
    unused = np.setdiff1d(np.arange(data.training.n_items), data.training.item)
    scores = fitted[name].score_many(data.histories[:20])[:, unused]
    assert np.isfinite(scores).any() == (name == "content")


def test_nothing_to_learn_from_is_said(name: str) -> None:
    empty = TrainingSet(
        item_ids=np.array(["a", "b"]),
        user_ptr=np.zeros(1, np.int64),
        item=np.empty(0, np.int32),
        weight=np.empty(0, np.float32),
        at_s=np.empty(0, np.int64),
        attributes=ItemAttributes.none(2),
    )
    with pytest.raises(NotEnoughData):
        _fit(name, empty, seed=0)


@pytest.mark.parametrize("personal", PERSONAL)
def test_personal_models_beat_popularity(
    personal: str, fitted: dict[str, Model], data: LastOut
) -> None:
    _installed(personal)
    floor = 2.0 if personal == "transitions" else 1.2
    assert _ndcg_at_10(fitted[personal], data) > floor * _ndcg_at_10(fitted["popular"], data)


def _installed(name: str) -> str:
    if name not in FITTED:
        pytest.skip(f"the extra tastemaker[{name}] is not installed")
    return name


def _fit(name: str, training: TrainingSet, seed: int) -> Model:
    config = MODELS[name].config_class.model_validate(QUICK_OR_EXACT.get(name, {}))
    return MODELS[name].fit(training, config, np.random.default_rng(seed))


def _ndcg_at_10(model: Model, data: LastOut) -> float:
    """Of everyone's last item among all items not seen before; ties count against the model."""
    scores: NDArray[np.float32] = model.score_many(data.histories)
    for row, history in zip(scores, data.histories, strict=True):
        row[history.item] = -np.inf
    of_target = scores[np.arange(len(scores)), data.target][:, None]
    rank = (scores >= of_target).sum(axis=1)
    return float(np.where(rank <= 10, 1 / np.log2(rank + 1), 0.0).mean())
