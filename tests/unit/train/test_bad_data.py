"""Data that is hardly any: what can be trained is trained, what was left out is said, it serves."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tastemaker.train.version_record import VersionState
from tastemaker.wire import application, train
from tests.unit.train.small_home import home_with, silent

HEAD = "user_id,item_id,value,at\n"
HARDLY_ANY = {
    "one user": HEAD + "".join(f"u,i{n},{1 + n % 5},{1_600_000_000 + n}\n" for n in range(30)),
    "one item": HEAD + "".join(f"u{n},i,{1 + n % 5},{1_600_000_000 + n}\n" for n in range(30)),
    "one event": HEAD + "u,i,5,1600000000\n",
    "no times": "user_id,item_id,value\n"
    + "".join(f"u{n % 40},i{n * n % 23},{1 + n % 5}\n" for n in range(400)),
    "ratings all equal": HEAD
    + "".join(f"u{n % 40},i{n * n % 23},3,{1_600_000_000 + n}\n" for n in range(400)),
    "two of each": HEAD + "u,i,5,1600000000\nu,j,4,1600000001\nv,i,3,1600000002\n",
}


@pytest.mark.parametrize("name", HARDLY_ANY)
@pytest.mark.parametrize("variant", ["transitions", "full"])
def test_what_can_be_trained_serves(tmp_path: Path, name: str, variant: str) -> None:
    settings = home_with(tmp_path, HARDLY_ANY[name], recommend={"default_variant": variant})
    made = train(settings, silent)
    assert made.state is VersionState.IN_SERVICE
    assert made.record.verdict is not None
    assert made.record.reason
    trained = set(made.manifest.configs)
    assert "popular" in trained
    assert all(why for why in made.record.left_out.values())
    assert "content" in made.record.left_out
    with application(settings) as app, TestClient(app) as client:
        for user in ("u", "u1", "nobody"):
            answer = client.get(f"/api/v1/recommendations/{user}?k=5")
            assert answer.status_code == 200, answer.text


def test_too_few_to_judge_is_said_and_nothing_is_refused(tmp_path: Path) -> None:
    settings = home_with(tmp_path, HARDLY_ANY["one user"])
    first = train(settings, silent)
    assert first.record.reason.startswith("Not compared")
    assert train(settings, silent).state is VersionState.IN_SERVICE
