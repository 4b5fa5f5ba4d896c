"""The folder of one training run."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from tastemaker.core.errors import Conflict, ModelCorrupt, NotFound
from tastemaker.core.history import History
from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.models.bundle import ModelBundle, Models, verify_bundle
from tastemaker.models.description_sums import SUMS
from tastemaker.models.item_knn import ItemKnn, ItemKnnConfig
from tastemaker.models.manifest import MANIFEST, Provenance
from tastemaker.models.popular import Popular, PopularConfig
from tests.unit.models.sequences import training_of
from tests.unit.models.stored_before import without_checksums

PROVENANCE = Provenance(
    version="7", created_at=datetime(2026, 1, 2, tzinfo=UTC), data_version="d1", seed=3
)


@pytest.fixture
def bundle() -> ModelBundle:
    genres = csr_array(np.array([[1], [0], [1]], np.float32))
    attributes = ItemAttributes(("Comedy",), genres, np.array([1999, 0, 2001], np.int16), ["x"] * 3)
    training = training_of([[0, 1, 2], [1]], 3, at_s=[5, 6, 7, 4], attributes=attributes)
    rng = np.random.default_rng(3)
    models: Models = {
        "popular": Popular.fit(training, PopularConfig(window_days=9), rng),
        "item_knn": ItemKnn.fit(training, ItemKnnConfig(), rng),
    }
    return ModelBundle.of(training, models, PROVENANCE)


def test_what_was_saved_comes_back(bundle: ModelBundle, tmp_path: Path) -> None:
    bundle.save(tmp_path / "7")
    loaded = ModelBundle.load(tmp_path / "7")
    assert loaded.manifest == bundle.manifest
    assert loaded.version == "7"
    assert loaded.item_ids.tolist() == bundle.item_ids.tolist()
    assert loaded.attributes.genres == ("Comedy",)
    assert loaded.attributes.year.tolist() == [1999, 0, 2001]
    np.testing.assert_array_equal(loaded.attributes.item_genre.toarray(), [[1], [0], [1]])
    for name, model in bundle.models.items():
        expected = model.score(History.empty())
        np.testing.assert_array_equal(loaded.models[name].score(History.empty()), expected)


def test_the_manifest_says_how_to_repeat_the_run(bundle: ModelBundle) -> None:
    manifest = bundle.manifest
    assert (manifest.first_at_s, manifest.last_at_s) == (4, 7)
    assert (manifest.n_users, manifest.n_items, manifest.n_events) == (2, 3, 4)
    assert manifest.configs["popular"]["window_days"] == 9
    assert manifest.provenance == PROVENANCE


def test_the_range_of_the_data_is_that_of_the_events_with_times() -> None:
    for at_s, told in (([0, 6, 7, 0], (6, 7)), ([0, 0, 0, 0], (0, 0))):
        training = training_of([[0, 1, 2], [1]], 3, at_s=at_s)
        manifest = ModelBundle.of(training, {}, PROVENANCE).manifest
        assert (manifest.first_at_s, manifest.last_at_s) == told


def test_only_the_named_models_are_loaded(bundle: ModelBundle, tmp_path: Path) -> None:
    bundle.save(tmp_path / "7")
    assert list(ModelBundle.load(tmp_path / "7", ["popular"]).models) == ["popular"]


def test_a_model_that_was_not_trained_is_named(bundle: ModelBundle, tmp_path: Path) -> None:
    bundle.save(tmp_path / "7")
    with pytest.raises(NotFound, match="ease"):
        ModelBundle.load(tmp_path / "7", ["ease"])


def test_a_version_is_never_overwritten(bundle: ModelBundle, tmp_path: Path) -> None:
    bundle.save(tmp_path / "7")
    with pytest.raises(Conflict):
        bundle.save(tmp_path / "7")
    assert [path.name for path in tmp_path.iterdir()] == ["7"]


def test_no_folder_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        ModelBundle.load(tmp_path / "none")


def test_a_folder_without_its_manifest_is_refused(bundle: ModelBundle, tmp_path: Path) -> None:
    bundle.save(tmp_path / "7")
    (tmp_path / "7" / MANIFEST).unlink()
    with pytest.raises(ModelCorrupt):
        ModelBundle.load(tmp_path / "7")


def test_a_format_of_another_version_is_refused(bundle: ModelBundle, tmp_path: Path) -> None:
    bundle.save(tmp_path / "7")
    path = tmp_path / "7" / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format_version": 99}))
    with pytest.raises(ModelCorrupt, match="99"):
        ModelBundle.load(tmp_path / "7")


def test_a_changed_byte_is_found_on_demand(bundle: ModelBundle, tmp_path: Path) -> None:
    bundle.save(tmp_path / "7")
    verify_bundle(tmp_path / "7")
    path = tmp_path / "7" / "popular" / "count.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    ModelBundle.load(tmp_path / "7")
    with pytest.raises(ModelCorrupt, match="checksum"):
        verify_bundle(tmp_path / "7")


@pytest.mark.parametrize("name", [MANIFEST, SUMS, "popular/model.json"])
def test_a_description_that_is_gone_is_missed(
    bundle: ModelBundle, tmp_path: Path, name: str
) -> None:
    bundle.save(tmp_path / "7")
    (tmp_path / "7" / name).unlink()
    for read in (ModelBundle.load, verify_bundle):
        with pytest.raises(ModelCorrupt, match=name):
            read(tmp_path / "7")


@pytest.mark.parametrize("name", [MANIFEST, "popular/model.json"])
def test_a_changed_description_is_never_loaded(
    bundle: ModelBundle, tmp_path: Path, name: str
) -> None:
    bundle.save(tmp_path / "7")
    path = tmp_path / "7" / name
    path.write_text(path.read_text().replace('"window_days": 9', '"window_days": 8'))
    for read in (ModelBundle.load, verify_bundle):
        with pytest.raises(ModelCorrupt, match=name):
            read(tmp_path / "7")


def test_a_description_may_change_where_it_came_after_the_bundle(
    bundle: ModelBundle, tmp_path: Path
) -> None:
    bundle.save(tmp_path / "7")
    for content in ("{}", "[]"):
        (tmp_path / "7" / "record.json").write_text(content)
        verify_bundle(tmp_path / "7")


def test_a_version_of_before_there_were_checksums_of_descriptions_is_loaded(
    bundle: ModelBundle, tmp_path: Path
) -> None:
    bundle.save(tmp_path / "7")
    without_checksums(tmp_path / "7")
    verify_bundle(tmp_path / "7")
    assert ModelBundle.load(tmp_path / "7").version == "7"


def test_checksums_that_cannot_be_read_are_damage(bundle: ModelBundle, tmp_path: Path) -> None:
    bundle.save(tmp_path / "7")
    (tmp_path / "7" / SUMS).write_text("{")
    with pytest.raises(ModelCorrupt, match="checksums"):
        ModelBundle.load(tmp_path / "7")
