"""A version trained on one machine serves on another whole, or not at all."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest
from pydantic import SecretStr

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core.backends import BlobsConfig
from tastemaker.core.clock import system_clock
from tastemaker.core.errors import DiskFull, EnvironmentProblem, ModelCorrupt
from tastemaker.core.topics import ModelUpdated, Topic
from tastemaker.ports import Blobs
from tastemaker.roles.model_fetcher import ModelFetcher
from tastemaker.roles.shared_models import SharedModels
from tastemaker.store.version_folder import VersionFolder
from tastemaker.wire.backends import open_blobs
from tests.contracts.test_blobs import SERVERS

OLD, NEW = "20260101T000000.000000-a", "20260102T000000.000000-b"
FILES = {"manifest.json": b"{}", "ease/weights.npy": bytes(range(256)) * 1_000, "ease/empty": b""}


@pytest.fixture(params=sorted(SERVERS))
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Blobs]:
    url = f"file://{tmp_path}/blobs"
    if request.param != "folder":
        url = os.environ.get(SERVERS[request.param], "")
        if not url:
            pytest.skip(f"{SERVERS[request.param]} names no server to test with")
        place, mark, rest = url.partition("?")
        url = f"{place.rstrip('/')}/{uuid4().hex}{mark}{rest}"
    blobs = open_blobs(BlobsConfig(url=SecretStr(url)), Path("never-used"))
    yield blobs
    blobs.delete(blobs.names(""))


@pytest.fixture
def trained(tmp_path: Path) -> VersionFolder:
    """Of the machine that trains."""
    versions = VersionFolder(tmp_path / "trained")
    _add(versions, OLD)
    return versions


@pytest.fixture
def here(tmp_path: Path) -> VersionFolder:
    """Of the machine that answers."""
    return VersionFolder(tmp_path / "here")


def _add(versions: VersionFolder, version: str) -> None:
    with versions.locked(), versions.draft(version) as draft:
        for name, content in FILES.items():
            (draft / name).parent.mkdir(exist_ok=True)
            (draft / name).write_bytes(content + (b"" if not content else version.encode()))


def _content(versions: VersionFolder, version: str) -> dict[str, bytes]:
    folder = versions.folder / version
    return {name: (folder / name).read_bytes() for name in FILES}


def _current(versions: VersionFolder) -> str | None:
    current = versions.current()
    return None if current is None else current.name


def test_what_was_put_serves_elsewhere_byte_for_byte(
    blobs: Blobs, trained: VersionFolder, here: VersionFolder
) -> None:
    there, answering = SharedModels(blobs, trained.folder, 3), SharedModels(blobs, here.folder, 3)
    answering.fetch_newest()
    assert _current(here) is None
    there.put(OLD)
    answering.fetch_newest()
    assert _current(here) == OLD
    assert _content(here, OLD) == _content(trained, OLD)
    _add(trained, NEW)
    there.put(NEW)
    answering.fetch(NEW)
    assert _current(here) == NEW
    # One that was gone back from is not taken up again.
    here.point_to(OLD)
    answering.fetch_newest()
    assert _current(here) == OLD


@pytest.mark.parametrize("ended_by", ["kill", "full disk"])
def test_a_version_fetched_by_one_that_ended_before_it_served_serves_by_the_next(
    blobs: Blobs,
    trained: VersionFolder,
    here: VersionFolder,
    ended_by: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answering, there = SharedModels(blobs, here.folder, 3), SharedModels(blobs, trained.folder, 3)
    there.put(OLD)
    answering.fetch_newest()
    _add(trained, NEW)
    there.put(NEW)
    ended: type[BaseException] = KeyboardInterrupt if ended_by == "kill" else DiskFull

    def end(_versions: VersionFolder, _version: str) -> NoReturn:
        raise ended("before it is pointed to")

    with monkeypatch.context() as patched:
        patched.setattr(VersionFolder, "point_to", end)
        with pytest.raises(ended):
            answering.fetch(NEW)
    assert set(here.names()) == {OLD, NEW}
    assert _current(here) == OLD
    answering.fetch_newest()
    assert _current(here) == NEW
    assert _content(here, NEW) == _content(trained, NEW)


def test_half_a_version_is_none(blobs: Blobs, trained: VersionFolder, here: VersionFolder) -> None:
    shared = SharedModels(blobs, here.folder, 3)
    SharedModels(blobs, trained.folder, 3).put(OLD)
    [weights] = [name for name in blobs.names("models/") if "weights" in name]
    whole = blobs.get(weights)
    blobs.put(weights, whole[:-1] + b"?")
    with pytest.raises(ModelCorrupt):
        shared.fetch_newest()
    assert _current(here) is None
    assert [path.name for path in here.folder.iterdir()] == [".lock"]
    blobs.put(weights, whole)
    shared.fetch_newest()
    assert _current(here) == OLD
    [index] = [name for name in blobs.names("models/") if name.endswith("INDEX.json")]
    blobs.delete([index])
    SharedModels(blobs, here.folder.with_name("other"), 3).fetch_newest()
    assert not here.folder.with_name("other").exists()


def test_a_version_deleted_where_it_was_trained_is_deleted_from_what_is_shared(
    blobs: Blobs, trained: VersionFolder
) -> None:
    shared = SharedModels(blobs, trained.folder, 3)
    shared.put(OLD)
    _add(trained, NEW)
    trained.remove(OLD)
    shared.put(NEW)
    assert {name.split("/")[1] for name in blobs.names("models/")} == {NEW}


def test_a_message_brings_the_newest_and_waits_while_another_process_writes(
    blobs: Blobs, trained: VersionFolder, here: VersionFolder, tmp_path: Path
) -> None:
    _add(trained, NEW)
    shared = SharedModels(blobs, trained.folder, 3)
    shared.put(OLD)
    shared.put(NEW)
    bus = SqliteBus(tmp_path / "bus.db", system_clock)
    told = [ModelUpdated(version=version).message(version) for version in (NEW, OLD, "gone")]
    bus.publish(Topic.MODEL_UPDATED, told[:2])
    fetcher = ModelFetcher(SharedModels(blobs, here.folder, 3), "models-of-a")
    reader = bus.subscribe(fetcher.topics, fetcher.group)
    deliveries = [one for _ in told[:2] for one in reader.poll(1, timeout_s=30.0)]
    with here.locked(), pytest.raises(EnvironmentProblem):
        fetcher.handle(deliveries)
    fetcher.handle(deliveries)
    fetcher.handle(deliveries)
    assert _current(here) == NEW
    bus.publish(Topic.MODEL_UPDATED, told[2:])
    fetcher.handle(reader.poll(1, timeout_s=30.0))
    assert _current(here) == NEW
    reader.close()
    bus.close()
