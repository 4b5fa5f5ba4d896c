"""An experiment from its first slate to its verdict, on a real server."""

import json
import shutil
import signal
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tastemaker.config import Settings
from tastemaker.roles.apart import run_apart
from tastemaker.wire import train
from tests.flow.server import RunningServer, run, running
from tests.unit.train.small_home import circles, home_with, silent

OTHER = "lightfm" if find_spec("lightfm") else "transitions"
"""LightFM is an extra; where it is not installed another variant takes its place."""

N_USERS = 120
N_ITEMS = 40
SETTINGS = """\
[data]
source = "{source}"
columns = {{ user = "user_id", item = "item_id", value = "value", at = "at" }}
[recommend]
default_variant = "als"
similar_variant = "als"
deadline_ms = 10000
[train.tracking]
is_on = false
[variants.item_knn]
models = ["item_knn"]
[variants.{other}]
models = ["{other}"]
[experiments.summer]
start = 2021-01-01T00:00:00Z
variants = {{ als = 0.5, {other} = 0.5 }}
min_users = 20
planned_users = 100
[experiments.past]
variants = {{ als = 0.5, fusion = 0.5 }}
end = 2020-01-01T00:00:00Z
"""


@pytest.fixture(scope="module")
def trained_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small data and one version of its models; a test copies it first."""
    folder = tmp_path_factory.mktemp("experiment")
    variants = {name: {"models": [name]} for name in ("item_knn", OTHER)}
    recommend = {"default_variant": "als", "similar_variant": "als"}
    settings = home_with(folder, circles(), variants=variants, recommend=recommend)
    run_apart(_train, settings)
    text = SETTINGS.format(source=folder / "events.csv", other=OTHER)
    (folder / "tastemaker.toml").write_text(text)
    return settings.home


def _train(settings: Settings) -> None:
    train(settings, silent)


@pytest.fixture
def home(trained_home: Path, tmp_path: Path) -> Path:
    shutil.copy(trained_home.parent / "tastemaker.toml", tmp_path)
    return Path(shutil.copytree(trained_home, tmp_path / "home"))


def likes(user: int, item_id: str) -> bool:
    """Everybody walked twelve steps along a circle and likes the next six."""
    steps = (int(item_id.removeprefix("i")) - user * 7) % N_ITEMS
    return 12 <= steps < 18


def visit(client: httpx2.Client, api: str, user: int) -> dict[str, Any]:
    """A user is shown a slate, and likes what suits the user of its first five."""
    answer = client.get(f"{api}/recommendations/u{user}", params={"k": 10})
    assert answer.status_code == 200
    slate: dict[str, Any] = answer.json()
    for item in slate["items"][:5]:
        if likes(user, item["item_id"]):
            liked = {"item_id": item["item_id"], "action": "like"}
            assert client.post(f"{api}/feedback/{slate['session_id']}", json=liked).is_success
            slate["liked"] = slate.get("liked", 0) + 1
    return slate


def operator(server: RunningServer, home: Path, client: httpx2.Client) -> None:
    credentials = {"name": "Root", "password": "correct horse"}
    assert client.post(f"{server.address}/api/v1/accounts", json=credentials).is_success
    done = run("admin", "Root", "--home", home, cwd=home.parent)
    assert done.returncode == 0, done.stderr


def reported(home: Path) -> dict[str, Any]:
    done = run("experiments", "report", "summer", "--json", "--home", home, cwd=home.parent)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_users_are_drawn_answered_and_counted(home: Path) -> None:
    with running(home) as server, httpx2.Client(timeout=30) as client:
        api = f"{server.address}/api/v1"
        slates = [visit(client, api, user) for user in range(N_USERS)]
        shown = Counter(slate["model"] for slate in slates)
        assert set(shown) == {"als", OTHER}
        assert {slate["source"] for slate in slates} == {"model"}
        again = client.get(f"{api}/recommendations/u5").json()
        assert again["model"] == slates[5]["model"]
        named = client.get(f"{api}/recommendations/u5?model=item_knn").json()
        assert named["model"] == "item_knn"
        server.stop(signal.SIGTERM)
    found = reported(home)
    by_name = {one["variant"]: one for one in found["variants"]}
    for variant, one in by_name.items():
        of_variant = [slate for slate in slates if slate["model"] == variant]
        n_again = again["model"] == variant
        assert one["n_users"] == len(of_variant)
        assert one["n_slates"] == len(of_variant) + n_again
        n_liked = sum("liked" in slate for slate in of_variant)
        assert one["rates"]["likes"]["value"] == pytest.approx(n_liked / one["n_slates"])
        n_hits = sum(slate.get("liked", 0) for slate in of_variant)
        assert one["rates"]["precision"]["value"] == pytest.approx(n_hits / 10 / one["n_slates"])
        assert one["sources"] == {"model": one["n_slates"]}
    assert any("liked" in slate for slate in slates)
    assert found["sample_ratio_p"] > 0.001
    assert found["n_mixed_users"] == 0
    assert found["verdict"]["state"] in ("better", "worse", "undecided", "breached")


def test_an_answer_outlives_a_kill_and_operators_read_the_same_report(home: Path) -> None:
    with running(home) as server, httpx2.Client(timeout=30) as client:
        api = f"{server.address}/api/v1"
        for user in range(N_USERS):
            slate = visit(client, api, user)
            if "liked" in slate:
                break
        server.stop(signal.SIGKILL)
    with running(home) as server, httpx2.Client(timeout=30) as client:
        api = f"{server.address}/api/v1"
        past = client.get(f"{api}/users/u{user}/history").json()
        assert "like" in {event["action"] for event in past["items"]}
        operator(server, home, client)
        listed = {one["name"]: one for one in client.get(f"{api}/experiments").json()}
        assert listed["summer"]["is_on"]
        assert not listed["past"]["is_on"]
        over_http = client.get(f"{api}/experiments/summer").json()
        by_command = reported(home)
        for one, other in zip(over_http["variants"], by_command["variants"], strict=True):
            assert one["n_slates"] == other["n_slates"]
            assert one["rates"] == other["rates"]
        listing = run("experiments", "list", "--home", home, cwd=home.parent, COLUMNS="200")
        assert "summer" in listing.stdout
        assert "Too early" in listing.stdout or "Nobody" in listing.stdout


def test_an_untrained_variant_is_named_at_start_and_costs_no_visitor(home: Path) -> None:
    config = home.parent / "tastemaker.toml"
    text = config.read_text().replace("als = 0.5, " + OTHER, "als = 0.0001, later")
    config.write_text(text + '[variants.later]\nmodels = ["content"]\n')
    done = run("doctor", "--home", home, cwd=home.parent)
    assert "'summer' names untrained variants: later" in " ".join(done.stdout.split())
