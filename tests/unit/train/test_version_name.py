"""A version made after another has a later name, whatever the clock does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.adapters.blobs import OpendalBlobs
from tastemaker.config import Settings
from tastemaker.roles.shared_models import SharedModels
from tastemaker.store.version_folder import VersionFolder
from tastemaker.train.model_store import StoredVersion
from tastemaker.train.run import Training
from tastemaker.train.version_name import version_name
from tastemaker.train.version_record import VersionState
from tastemaker.wire import roll_back, versions
from tastemaker.wire.learning import training_plan
from tastemaker.wire.places import dataset_store, event_log, model_store
from tests.unit.train.small_home import circles, home_with, silent

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return home_with(tmp_path, circles())


def _trained(settings: Settings, now: datetime) -> StoredVersion:
    with event_log(settings) as log:
        training = Training(dataset_store(settings), log, model_store(settings))
        with TemporaryDirectory() as shelf:
            return training.run(
                training_plan(settings), shelf=Path(shelf), clock=lambda: now, on_progress=silent
            )


@given(st.lists(MOMENTS, min_size=2, max_size=20), st.lists(st.sampled_from("abc"), min_size=20))
def test_names_are_in_the_order_they_were_given_in(moments: list[datetime], data: str) -> None:
    names: list[str] = []
    for moment, data_version in zip(moments, data, strict=False):
        names.append(version_name(moment, data_version, names))
    assert names == sorted(set(names))


def test_a_name_tells_the_moment_and_the_data_and_passes_over_folders_of_others() -> None:
    assert version_name(NOON, "d1", ["by-hand", "z"]) == "20260101T120000.000000-d1"


def test_what_is_trained_after_the_clock_stepped_back_is_the_newest_everywhere(
    settings: Settings, tmp_path: Path
) -> None:
    blobs = OpendalBlobs.in_folder(tmp_path / "blobs")
    here = SharedModels(blobs, settings.home / "models", keep=3)
    elsewhere = VersionFolder(tmp_path / "elsewhere")
    there = SharedModels(blobs, elsewhere.folder, keep=2)
    made = []
    for now in (NOON, NOON - timedelta(hours=1), NOON - timedelta(hours=2)):
        made.append(_trained(settings, now))
        assert made[-1].manifest.provenance.created_at == now
        here.put(made[-1].version)
        there.fetch_newest()
        current = elsewhere.current()
        assert current is not None
        assert current.name == made[-1].version
    assert [one.version for one in versions(settings)] == [one.version for one in reversed(made)]
    assert set(elsewhere.names()) == {one.version for one in made[1:]}
    assert versions(settings)[0].state is VersionState.IN_SERVICE
    assert roll_back(settings) == made[1].version
