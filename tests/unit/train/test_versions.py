"""What is trained, what becomes of it, and how one goes back."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tastemaker.config import Settings
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import ModelCorrupt, NotFound
from tastemaker.core.ids import EventId, ItemId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.models.manifest import MANIFEST
from tastemaker.store.version_folder import VersionFolder
from tastemaker.train.gate import SIMILAR_ITEMS
from tastemaker.train.model_store import ModelStore, StoredVersion
from tastemaker.train.recipe import RECIPE, Recipe, read_recipe
from tastemaker.train.version_record import RECORD, VersionState, write_record
from tastemaker.wire import (
    compare,
    listed_versions,
    prepare,
    promote,
    prune,
    repeat_version,
    roll_back,
    train,
    versions,
)
from tastemaker.wire.places import event_log
from tastemaker.wire.recommender import open_recommender
from tests.unit.train.small_home import circles, home_with, settings_of, silent

LONG_AGO = "2020-01-01T00:00:00Z"
POPULAR_ONLY = {"default_variant": "popular"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return home_of(tmp_path)


def home_of(folder: Path, **sections: Any) -> Settings:
    return home_with(folder, circles(), **_quick(sections))


def changed(folder: Path, **sections: Any) -> Settings:
    return settings_of(folder, **_quick(sections))


def _quick(sections: dict[str, Any]) -> dict[str, Any]:
    """Without the one second stage that this data is enough for."""
    variants = sections.get("variants", {"item_knn": {"models": ["item_knn"]}})
    return {**sections, "variants": {"full": {"ranking": False}, **variants}}


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


def lose_manifest(settings: Settings, version: str) -> None:
    (settings.home / "models" / version / MANIFEST).unlink()


def lose_folder(settings: Settings, version: str) -> None:
    shutil.rmtree(settings.home / "models" / version)


def figures(made: StoredVersion) -> dict[str, float]:
    """The metric that decides, by scorer."""
    verdict = made.record.verdict
    assert verdict is not None
    return {name: values[verdict.metric] for name, values in verdict.metrics.items()}


def tried(model: str) -> dict[str, Any]:
    return {"item_knn": {"models": ["item_knn"]}, "tried": {"models": [model]}}


def ranked(n_trees: int) -> dict[str, Any]:
    """A small second stage that answers where no variant is named."""
    ranking = {"n_cuts": 2, "min_requests": 50, "n_folds": 2, "ranker": {"n_trees": n_trees}}
    variant = {"models": ["item_knn"], "ranking": ranking}
    return {
        "variants": {"ranked": variant},
        "recommend": {"default_variant": "ranked", "similar_variant": "ranked"},
    }


def test_the_first_goes_into_service_and_the_next_retires_it(settings: Settings) -> None:
    first = train(settings, silent)
    assert first.state is VersionState.IN_SERVICE
    assert first.record.verdict is not None
    assert first.record.verdict.n_cases >= 20
    assert first.record.candidate_recall["item_knn"][50] == 1.0
    train(settings, silent)
    assert states(settings) == [VersionState.IN_SERVICE, VersionState.RETIRED]


def test_a_worse_one_is_kept_rejected_with_its_reason(settings: Settings, tmp_path: Path) -> None:
    good = train(settings, silent)
    worse = train(changed(tmp_path, recommend=POPULAR_ONLY), silent)
    assert worse.state is VersionState.REJECTED
    assert "Worse in ndcg@10" in worse.record.reason
    assert store(settings).current_version() == good.version


def test_another_default_is_compared_with_what_answered_before(
    settings: Settings, tmp_path: Path
) -> None:
    before = train(settings, silent)
    after = train(changed(tmp_path, recommend=POPULAR_ONLY), silent)
    assert after.state is VersionState.REJECTED
    assert "against in service (" in after.record.reason
    assert figures(after)["in service"] == figures(before)["candidate"]


def test_another_ranker_is_compared_with_the_one_that_answered_before(tmp_path: Path) -> None:
    before = train(home_of(tmp_path, **ranked(n_trees=20)), silent)
    assert not [name for name in before.record.left_out if name.startswith("ranker of ranked")]
    after = train(changed(tmp_path, **ranked(n_trees=1)), silent)
    assert figures(after)["in service"] == figures(before)["candidate"]
    assert figures(after)["in service"] != figures(after)["candidate"]


def test_a_variant_that_an_experiment_shows_is_judged_too(tmp_path: Path) -> None:
    summer = {"variants": {"item_knn": 1, "tried": 1}}
    good = home_of(tmp_path, variants=tried("transitions"))
    train(good, silent)
    worse = tried("popular")
    unseen = settings_of(
        tmp_path, variants=worse, experiments={"past": {**summer, "end": LONG_AGO}}
    )
    assert train(unseen, silent).state is VersionState.IN_SERVICE
    train(good, silent)
    shown = train(changed(tmp_path, variants=worse, experiments={"now": summer}), silent)
    assert shown.state is VersionState.REJECTED
    assert "tried -" in shown.record.reason
    assert "against in service tried (" in shown.record.reason
    assert shown.record.metrics.keys() == {"item_knn", "tried", SIMILAR_ITEMS}


def test_what_answers_on_the_pages_of_items_is_judged_too(tmp_path: Path) -> None:
    def by(similar: str) -> dict[str, str]:
        return {"default_variant": "item_knn", "similar_variant": similar}

    good = train(home_of(tmp_path, recommend=by("transitions")), silent)
    asked = {name for name in figures(good) if name.endswith(SIMILAR_ITEMS)}
    assert asked == {f"{name} {SIMILAR_ITEMS}" for name in ("candidate", "popular", "item_knn")}
    assert good.record.metrics.keys() >= {"item_knn", SIMILAR_ITEMS}
    assert good.record.candidate_recall[SIMILAR_ITEMS][50] == 1.0
    worse = train(changed(tmp_path, recommend=by("popular")), silent)
    assert worse.state is VersionState.REJECTED
    assert worse.record.reason.startswith(f"Worse in ndcg@10: {SIMILAR_ITEMS} -")
    assert "against in service (" in worse.record.reason
    assert (
        figures(worse)[f"in service {SIMILAR_ITEMS}"] == figures(good)[f"candidate {SIMILAR_ITEMS}"]
    )


def test_an_arm_that_is_a_baseline_is_compared_with_itself_alone(tmp_path: Path) -> None:
    arms = {"item_knn": 1, "popular": 1}
    settings = home_of(tmp_path, experiments={"now": {"variants": arms}})
    train(settings, silent)
    assert train(settings, silent).state is VersionState.IN_SERVICE


def test_figures_of_every_variant_with_a_ranker_are_recorded(tmp_path: Path) -> None:
    ranker = ranked(n_trees=20)
    settings = home_of(tmp_path, variants={**tried("item_knn"), **ranker["variants"]})
    made = train(settings, silent).record
    assert made.metrics.keys() >= {"item_knn", "ranked"}
    assert "tried" not in made.metrics
    assert made.candidate_recall.keys() == made.metrics.keys()
    recall = made.candidate_recall["ranked"]
    assert list(recall) == [50, 100, 200, 300]
    assert sorted(recall.values()) == list(recall.values())


def test_beside_a_damaged_version_the_one_that_answers_in_its_place_is_compared_with(
    settings: Settings, tmp_path: Path
) -> None:
    first, second = (train(settings, silent) for _ in range(2))
    damage(settings, second.version)
    worse = train(changed(tmp_path, recommend=POPULAR_ONLY), silent)
    assert worse.state is VersionState.REJECTED
    said = f"{second.version}, in service, is damaged: compared with {first.version}"
    assert said in worse.record.reason
    third = train(settings, silent)
    assert third.state is VersionState.IN_SERVICE
    assert said in third.record.reason


def test_where_nothing_whole_is_left_the_next_serves_and_nobody_calls_it_the_first(
    settings: Settings, tmp_path: Path
) -> None:
    damage(settings, train(settings, silent).version)
    worse = train(changed(tmp_path, recommend=POPULAR_ONLY), silent)
    assert worse.state is VersionState.IN_SERVICE
    assert "No whole version is left to compare with" in worse.record.reason
    assert "first" not in worse.record.reason


def test_a_record_of_before_is_read(settings: Settings) -> None:
    """It told one share of candidates, of no stated number, and nothing of similar items."""
    made = train(settings, silent)
    path = settings.home / "models" / made.version / RECORD
    before = json.loads(path.read_text()) | {"candidate_recall": 0.7}
    del before["similar_variant"]
    path.write_text(json.dumps(before))
    assert store(settings).version(made.version).record.candidate_recall == {}
    after = train(settings, silent)
    assert figures(after)[f"in service {SIMILAR_ITEMS}"] > 0


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
    worse = train(changed(tmp_path, recommend=POPULAR_ONLY), silent)
    promote(settings, worse.version)
    assert store(settings).current_version() == worse.version
    assert roll_back(settings) == good.version
    assert states(settings) == [VersionState.RETIRED, VersionState.IN_SERVICE]


def test_a_changed_weight_of_a_blend_is_refused_and_the_version_before_serves(
    tmp_path: Path,
) -> None:
    settings = home_of(tmp_path, **ranked(n_trees=5))
    first, second = (train(settings, silent) for _ in range(2))
    path = settings.home / "models" / second.version / MANIFEST
    told = json.loads(path.read_text())
    [ranker] = told["rankers"].values()
    signal, weight = next(iter(ranker["blend"].items()))
    ranker["blend"][signal] = weight + 1
    path.write_text(json.dumps(told))
    with pytest.raises(ModelCorrupt, match="checksum"):
        store(settings).load(second.version)
    assert store(settings).answering() == first.version
    catalogue = Catalogue.load(settings.home / "catalogue.parquet")
    assert open_recommender(settings, catalogue).version == first.version


KILLED_PROMOTION = """
import os, signal, sys
from pathlib import Path
from tastemaker.core.clock import system_clock
from tastemaker.train.model_store import ModelStore
folder, version, n_left = Path(sys.argv[1]), sys.argv[2], [int(sys.argv[3])]

def kill(event, _arguments):
    if event == "os.rename":
        n_left[0] -= 1
        if n_left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(kill)
ModelStore(folder).promote(version, system_clock)
"""


@pytest.mark.parametrize("n_steps", [0, 1])
def test_a_promotion_killed_at_any_step_is_finished(settings: Settings, n_steps: int) -> None:
    """A step: a file that is put in place of another."""
    first, second = (train(settings, silent) for _ in range(2))
    models = store(settings)
    folder = models.path(second.version)
    write_record(folder, second.record.model_copy(update={"promoted_at": ()}))
    VersionFolder(models.folder).point_to(first.version)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_PROMOTION, models.folder, second.version, str(n_steps)],
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    finished = models.finish(system_clock)
    assert finished is not None
    assert (finished.version, finished.state) == (second.version, VersionState.IN_SERVICE)
    assert len(finished.record.promoted_at) == 1
    third = train(settings, silent)
    assert (third.state, roll_back(settings)) == (VersionState.IN_SERVICE, second.version)


def test_what_a_killed_promotion_left_in_service_can_be_gone_back_to(settings: Settings) -> None:
    first, second = (train(settings, silent) for _ in range(2))
    folder = store(settings).path(second.version)
    write_record(folder, second.record.model_copy(update={"promoted_at": ()}))
    train(settings, silent)
    assert roll_back(settings) == second.version
    assert roll_back(settings) == first.version


def test_rolling_back_passes_over_a_damaged_version(settings: Settings) -> None:
    first, second, _ = (train(settings, silent) for _ in range(3))
    damage(settings, second.version)
    assert roll_back(settings) == first.version


@pytest.mark.parametrize("lose", [lose_manifest, lose_folder, damage])
def test_one_goes_back_from_a_damaged_version_to_what_pruning_has_kept(
    tmp_path: Path, lose: Callable[[Settings, str], None]
) -> None:
    keeping = {"keep_versions": 4, "tracking": {"is_on": False}}
    settings = home_of(tmp_path, train=keeping)
    first, second, _, _ = (train(settings, silent) for _ in range(4))
    promote(settings, second.version)
    lose(settings, second.version)
    prune(settings, 3)
    assert roll_back(settings) == first.version
    assert store(settings).current_version() == first.version


@pytest.mark.parametrize(
    ("lose", "why"),
    [(lose_manifest, "manifest"), (lose_folder, "gone"), (damage, "checksum")],
)
def test_a_damaged_version_in_service_is_listed_with_the_reason(
    settings: Settings, lose: Callable[[Settings, str], None], why: str
) -> None:
    first, second = (train(settings, silent) for _ in range(2))
    lose(settings, second.version)
    in_service, before = listed_versions(settings)
    assert (in_service.version, in_service.state) == (second.version, VersionState.IN_SERVICE)
    assert why in in_service.damage
    assert (before.version, before.state) == (first.version, VersionState.RETIRED)
    assert not before.damage


def test_an_unreadable_version_that_does_not_serve_is_listed_too(settings: Settings) -> None:
    first, _ = (train(settings, silent) for _ in range(2))
    lose_manifest(settings, first.version)
    damaged = listed_versions(settings)[1]
    assert (damaged.version, damaged.state) == (first.version, VersionState.RETIRED)
    assert "manifest" in damaged.damage


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
    rejected = train(changed(tmp_path, recommend=POPULAR_ONLY), silent)
    assert prune(settings, 2) == [rejected.version]
    assert {one.version for one in versions(settings)} == {first.version, second.version}


def test_pruning_after_a_return_keeps_what_one_could_go_back_to_next(settings: Settings) -> None:
    first, second, third = (train(settings, silent) for _ in range(3))
    assert roll_back(settings) == second.version
    assert prune(settings, 2) == [third.version]
    assert roll_back(settings) == first.version


def test_pruning_keeps_what_answers_in_place_of_a_damaged_version(settings: Settings) -> None:
    first, second, third = (train(settings, silent) for _ in range(3))
    promote(settings, first.version)
    promote(settings, third.version)
    damage(settings, second.version)
    damage(settings, third.version)
    assert prune(settings, 1) == [third.version, second.version]
    assert store(settings).answering() == first.version


def test_two_versions_are_compared_on_what_neither_has_seen(settings: Settings) -> None:
    first, second = (train(settings, silent) for _ in range(2))
    same = compare(settings, first.version, second.version)
    assert same.passed
    assert {one.difference for one in same.compared if one.opponent == "in service"} == {0.0}


def test_a_training_is_repeated_to_the_byte_though_events_came_in_since(
    settings: Settings,
) -> None:
    """It read those that had come in before, and each one more would move what is held out."""
    people = [f"u{number}" for number in range(30)]
    with event_log(settings) as log:
        log.append([liked(user, "i20", hour=1) for user in people])
    made = train(settings, silent)
    assert read_recipe(settings.home / "models" / made.version).n_live_rows == len(people)
    with event_log(settings) as log:
        log.append([liked(user, f"i{n:02}", hour=2) for user in people for n in range(20)])
    done = repeat_version(settings, made.version, silent)
    assert done.n_files > 0
    assert not done.differing
    assert not done.changed


def liked(user: str, item: str, hour: int) -> Interaction:
    at = datetime(2026, 1, 1, hour, tzinfo=UTC)
    event_id = EventId(f"{user} {item} {hour}")
    return Interaction(event_id, UserId(user), ItemId(item), Action.LIKE, None, at)


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
