"""What docs/howto/fastapi.md shows is run as it stands there."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.flow.server import RunningServer, running
from tests.flow.small import source_of

PAGE = Path("docs/howto/fastapi.md").resolve()


def _snippets() -> list[str]:
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


def _run(snippet: str) -> dict[str, Any]:
    """Its names, after it ran as a module."""
    names: dict[str, Any] = {"__name__": "snippet"}
    exec(compile(snippet, str(PAGE), "exec", dont_inherit=True), names)
    return names


@pytest.fixture
def folder(circles_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a person follows the page: with events, and a home folder that is trained."""
    shutil.copy(circles_home.parent / "events.csv", tmp_path)
    shutil.copytree(circles_home, tmp_path / "tastemaker-data")
    monkeypatch.chdir(tmp_path)
    for name, value in source_of(circles_home).items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture
def server(folder: Path, circles_home: Path) -> Iterator[RunningServer]:
    home = folder / "tastemaker-data"
    with running(home, what=("role", "gateway"), **source_of(circles_home)) as server:
        yield server


def test_there_is_nothing_else_on_the_page() -> None:
    assert len(_snippets()) == 4


@pytest.mark.usefixtures("folder")
def test_a_library_in_the_process() -> None:
    fitting, serving, _, _ = _snippets()
    _run(fitting)
    with TestClient(_run(serving)["app"]) as client:
        known = client.get("/suggestions", params={"used": ["i03", "i04"], "k": 5}).json()
        assert len(known) == 5
        assert not {"i03", "i04"} & set(known)
        assert known != client.get("/suggestions", params={"k": 5}).json()
        assert len(client.get("/suggestions", params={"used": ["nothing"]}).json()) == 10


@pytest.mark.usefixtures("folder")
def test_the_server_mounted() -> None:
    *_, mounted, _ = _snippets()
    with TestClient(_run(mounted)["app"]) as client:
        assert client.get("/shop").json() == {"status": "open"}
        answer = client.get("/recommender/api/v1/recommendations/u1")
        assert answer.json()["source"] == "model"
        event = {"user_id": "ann", "item_id": "i03", "action": "like"}
        assert client.post("/recommender/api/v1/interactions", json=event).status_code == 200
        assert client.get("/recommender/health/ready").status_code == 200


def test_over_http(server: RunningServer) -> None:
    over_http = _snippets()[-1].replace("http://127.0.0.1:8000", server.address)
    with TestClient(_run(over_http)["app"]) as client:
        before = client.get("/for/ann").json()
        assert client.post("/watched/ann/i03").status_code == 200
        after = client.get("/for/ann").json()
        assert after[0]["reason"]["kind"] == "history"
        assert before[0]["reason"]["kind"] == "popular"
