"""Data that is hardly any: what can be trained is trained, what was left out is said, it serves."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tastemaker.recommend.variant import ranker_key
from tastemaker.train.version_record import VersionState
from tastemaker.wire import application, train
from tastemaker.wire.places import model_store
from tests.unit.train.small_home import circles, home_with, silent

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

SMALL_FULL = {"full": {"ranking": {"ranker": {"n_trees": 30}}}}


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
    of_ranker = made.record.left_out["ranker of full"]
    assert "needs 500 moments" in of_ranker
    assert "Give more interactions" in of_ranker
    assert not made.manifest.rankers
    with application(settings) as app, TestClient(app) as client:
        # Where there is somebody whose past says anything of what is left.
        personal = "model" if name in ("no times", "ratings all equal") else "popular"
        assert answer(client, "u1")["source"] == personal
        for user in ("u", "nobody"):
            assert answer(client, user)["source"] == "popular"


@pytest.mark.parametrize("times", ["none", "all the same"])
def test_enough_data_without_times_has_a_ranker_that_serves(tmp_path: Path, times: str) -> None:
    """It learns on parts of people's pasts, since nothing came next."""
    lines = [line.rpartition(",")[0] for line in circles(n_users=200).splitlines()]
    if times == "all the same":
        lines = [f"{line},{'at' if line.startswith('user_id') else 0}" for line in lines]
    settings = home_with(
        tmp_path,
        "\n".join(lines) + "\n",
        variants=SMALL_FULL,
        recommend={"default_variant": "full"},
    )
    made = train(settings, silent)
    assert made.state is VersionState.IN_SERVICE
    assert not [name for name in made.record.left_out if name == "ranker of full"]
    full = settings.variants["full"]
    ranker = made.manifest.rankers[ranker_key(full)]
    assert ranker.moments == "any"
    trees = model_store(settings).load(made.version).rankers[ranker_key(full)].config
    assert full.ranking is not None
    assert (trees.learning_rate, trees.depth) == (full.ranking.rate_any, full.ranking.depth_any)
    assert ranker.n_requests >= 500
    assert (made.manifest.first_at_s, made.manifest.last_at_s) == (0, 0)
    with application(settings) as app, TestClient(app) as client:
        slate = answer(client, "u1")
        assert (slate["source"], slate["model"]) == ("model", "full")
        assert len(slate["items"]) == 5
        assert answer(client, "nobody")["source"] == "popular"


def answer(client: TestClient, user: str) -> dict[str, Any]:
    answered = client.get(f"/api/v1/recommendations/{user}?k=5")
    assert answered.status_code == 200, answered.text
    return dict(answered.json())


def test_too_few_to_judge_is_said_and_nothing_is_refused(tmp_path: Path) -> None:
    settings = home_with(tmp_path, HARDLY_ANY["one user"])
    first = train(settings, silent)
    assert first.record.reason.startswith("Not compared")
    assert train(settings, silent).state is VersionState.IN_SERVICE
