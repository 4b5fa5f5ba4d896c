"""What is trained, what becomes of it, and how one goes back."""

from pathlib import Path

import pytest

from tastemaker.config import Settings
from tastemaker.core.errors import ModelCorrupt, NotFound
from tastemaker.train.model_store import ModelStore
from tastemaker.train.recipe import RECIPE, Recipe
from tastemaker.train.version_record import VersionState
from tastemaker.wire import (
    compare,
    prepare,
    promote,
    prune,
    repeat_version,
    roll_back,
    train,
    versions,
)
from tests.unit.train.small_home import circles, home_with, settings_of, silent

POPULAR_ONLY = {"default_variant": "popular"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return home_with(tmp_path, circles())


def store(settings: Settings) -> ModelStore:
    return ModelStore(settings.home / "models")


def states(settings: Settings) -> list[VersionState]:
    """The newest first."""
    return [one.state for one in versions(settings)]


def damage(settings: Settings, version: str) -> None:
    path = next((settings.home / "models" / version).glob("item_knn/*.npy"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 255
    path.write_bytes(content)


def test_the_first_goes_into_service_and_the_next_retires_it(settings: Settings) -> None:
    first = train(settings, silent)
    assert first.state is VersionState.IN_SERVICE
    assert first.record.verdict is not None
    assert first.record.verdict.n_cases >= 20
    assert first.record.candidate_recall == 1.0
    train(settings, silent)
    assert states(settings) == [VersionState.IN_SERVICE, VersionState.RETIRED]


def test_a_worse_one_is_kept_rejected_with_its_reason(settings: Settings, tmp_path: Path) -> None:
    good = train(settings, silent)
    worse = train(settings_of(tmp_path, recommend=POPULAR_ONLY), silent)
    assert worse.state is VersionState.REJECTED
    assert "Worse in ndcg@10" in worse.record.reason
    assert store(settings).current_version() == good.version


def test_what_was_rejected_is_not_trained_again_at_every_start(
    settings: Settings, tmp_path: Path
) -> None:
    train(settings, silent)
    other = settings_of(
        tmp_path, recommend=POPULAR_ONLY, train={"seed": 7, "tracking": {"is_on": False}}
    )
    train(other, silent)
    n_before = len(versions(settings))
    prepare(other, lambda _title: pytest.fail("nothing is to be made"), lambda: None)
    assert len(versions(settings)) == n_before


def test_an_operator_may_promote_a_rejected_one_and_roll_back(
    settings: Settings, tmp_path: Path
) -> None:
    good = train(settings, silent)
    worse = train(settings_of(tmp_path, recommend=POPULAR_ONLY), silent)
    promote(settings, worse.version)
    assert store(settings).current_version() == worse.version
    assert roll_back(settings) == good.version
    assert states(settings) == [VersionState.RETIRED, VersionState.IN_SERVICE]


def test_rolling_back_passes_over_a_damaged_version(settings: Settings) -> None:
    first, second, _ = (train(settings, silent) for _ in range(3))
    damage(settings, second.version)
    assert roll_back(settings) == first.version


def test_without_an_earlier_version_there_is_nothing_to_go_back_to(settings: Settings) -> None:
    train(settings, silent)
    with pytest.raises(NotFound, match="no earlier version"):
        roll_back(settings)


def test_a_damaged_version_is_not_promoted(settings: Settings) -> None:
    first, second = (train(settings, silent) for _ in range(2))
    damage(settings, first.version)
    with pytest.raises(ModelCorrupt, match="checksum"):
        promote(settings, first.version)
    assert store(settings).current_version() == second.version


def test_an_unknown_version_is_named_with_those_that_are_there(settings: Settings) -> None:
    only = train(settings, silent)
    with pytest.raises(NotFound, match=only.version):
        promote(settings, "CURRENT")


def test_pruning_keeps_what_serves_and_what_to_go_back_to(
    settings: Settings, tmp_path: Path
) -> None:
    first, second = (train(settings, silent) for _ in range(2))
    rejected = train(settings_of(tmp_path, recommend=POPULAR_ONLY), silent)
    assert prune(settings, 2) == [rejected.version]
    assert {one.version for one in versions(settings)} == {first.version, second.version}


def test_two_versions_are_compared_on_what_neither_has_seen(settings: Settings) -> None:
    first, second = (train(settings, silent) for _ in range(2))
    same = compare(settings, first.version, second.version)
    assert same.passed
    assert {one.difference for one in same.compared if one.opponent == "in service"} == {0.0}


def test_what_a_repetition_found_changed_is_said(settings: Settings) -> None:
    made = train(settings, silent)
    path = settings.home / "models" / made.version / RECIPE
    recipe = Recipe.model_validate_json(path.read_bytes())
    assert recipe.machine.keys() == {"processor", "BLAS kernels"}
    elsewhere = {
        "n_threads": recipe.n_threads + 1,
        "machine": {**recipe.machine, "processor": "another one"},
        "libraries": {name: v for name, v in recipe.libraries.items() if name != "polars"},
    }
    path.write_text(recipe.model_copy(update=elsewhere).model_dump_json())
    done = repeat_version(settings, made.version, silent)
    assert not done.differing
    assert done.changed == (
        f"cores: {recipe.n_threads + 1}, now {recipe.n_threads}",
        f"processor: another one, now {recipe.machine['processor']}",
        f"polars: not recorded, now {recipe.libraries['polars']}",
    )
