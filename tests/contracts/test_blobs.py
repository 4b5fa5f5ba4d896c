"""What every keeper of files promises, on the real server."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from tastemaker.core.backends import BlobsConfig
from tastemaker.core.errors import BlobsUnavailable, NotFound, RequestInvalid
from tastemaker.ports import Blobs
from tastemaker.wire.backends import open_blobs

SERVERS = {"folder": "", "s3": "TASTEMAKER_TEST_S3_URL"}
NAMES = st.sampled_from(["a", "b", "a-/b", "a-/c/d", "ab", "модель/веса.npy", "a b+c&d=%e.json"])


@pytest.fixture(params=sorted(SERVERS))
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Blobs]:
    """Empty."""
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


def test_a_file_comes_back_as_it_was_put(blobs: Blobs) -> None:
    content = bytes(range(256)) * 4_096
    blobs.put("versions/7/weights.npy", content)
    assert blobs.get("versions/7/weights.npy") == content
    blobs.put("empty", b"")
    assert blobs.get("empty") == b""


def test_a_file_put_again_is_another(blobs: Blobs) -> None:
    blobs.put("a", b"a long one" * 100)
    blobs.put("a", b"short")
    assert blobs.get("a") == b"short"
    assert blobs.names("") == ["a"]


def test_what_is_not_there_is_not_found(blobs: Blobs) -> None:
    with pytest.raises(NotFound, match="no file a/b"):
        blobs.get("a/b")
    blobs.delete(["a/b", "c"])
    blobs.delete([])
    assert list(blobs.names("")) == []
    assert list(blobs.names("a/")) == []


@given(names=st.sets(NAMES))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_names_are_those_put_and_not_deleted(blobs: Blobs, names: set[str]) -> None:
    root = uuid4().hex
    names = {f"{root}/{name}" for name in names}
    for name in names:
        blobs.put(name, name.encode())
    for prefix in ("", "a", "a-", "a-/", "a-/c", "мод", "z"):
        started = sorted(name for name in names if name.startswith(f"{root}/{prefix}"))
        assert list(blobs.names(f"{root}/{prefix}")) == started
    assert all(blobs.get(name) == name.encode() for name in names)
    blobs.delete(list(names))
    assert list(blobs.names("")) == []


def test_nobody_sees_a_half(blobs: Blobs) -> None:
    whole = [bytes([number]) * 1_000_000 for number in range(4)]
    blobs.put("a", whole[0])

    def write() -> None:
        for one in whole * 3:
            blobs.put("a", one)

    writing = threading.Thread(target=write)
    writing.start()
    while writing.is_alive():
        assert blobs.get("a") in whole
    writing.join()
    assert blobs.get("a") == whole[-1]


@pytest.mark.parametrize("name", ["", "/a", "a/", "a//b", "../a", "a/../b", ".", ".unfinished/a"])
def test_a_name_that_leads_elsewhere_is_refused(blobs: Blobs, name: str) -> None:
    with pytest.raises(RequestInvalid):
        blobs.put(name, b"")
    with pytest.raises(RequestInvalid):
        blobs.get(name)


def test_a_server_that_is_away_is_named() -> None:
    url = "s3://key:secret@bucket/prefix?endpoint=http://127.0.0.1:1"
    blobs = open_blobs(BlobsConfig(url=SecretStr(url), timeout_s=1.0), Path("never-used"))
    with pytest.raises(BlobsUnavailable) as refused:
        blobs.put("a", b"")
    assert "127.0.0.1:1" in refused.value.where
    assert "secret" not in str(refused.value)
    with pytest.raises(BlobsUnavailable):
        blobs.get("a")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    url = SecretStr(f"file://{tmp_path}/taken/blobs")
    with pytest.raises(BlobsUnavailable, match="taken"):
        open_blobs(BlobsConfig(url=url), Path("never-used")).put("a", b"")
