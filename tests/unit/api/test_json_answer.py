"""Long answers are compressed for those who read that."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tastemaker.api.json_answer import JsonAnswer

LONG = {"titles": ["A film of no great name"] * 500}
SHORT = {"titles": ["Heat"]}


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    app.add_api_route("/long", lambda: JsonAnswer(LONG), response_model=None)
    app.add_api_route("/short", lambda: JsonAnswer(SHORT), response_model=None)
    return TestClient(app)


def test_a_long_answer_is_compressed(client: TestClient) -> None:
    answer = client.get("/long", headers={"Accept-Encoding": "br, gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 1000
    assert answer.json() == LONG


@pytest.mark.parametrize(("path", "accepted"), [("/long", "identity"), ("/short", "gzip")])
def test_others_are_sent_as_they_are(client: TestClient, path: str, accepted: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert answer.json() == (LONG if path == "/long" else SHORT)
