"""Experiments over HTTP, for operators."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from starlette.testclient import TestClient

from tastemaker.accounts.registry import make_admin
from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.observe.experiments.assign import Experiments
from tastemaker.observe.experiments.experiment_config import ExperimentConfig
from tastemaker.recommend.pipeline import Recommender
from tests.unit.api.shop import UNTRAINED, open_shop
from tests.unit.api.storefront import Browser, open_front

SUMMER = ExperimentConfig(variants={"popular": 1, "ease": 1}, min_users=2)
LIMIT_S = 20.0


@pytest.fixture
def services(tmp_path: Path, trained: Recommender) -> Iterator[Services]:
    services = open_shop(tmp_path, trained, {"summer": SUMMER})
    yield services
    services.interactions.close()
    services.slates.close()


@pytest.fixture
def operator(tmp_path: Path, services: Services) -> Iterator[Browser]:
    front = open_front(tmp_path, services)
    app = create_app(services, ApiConfig(), front)
    with TestClient(app, raise_server_exceptions=False) as client:
        browser = Browser(client)
        browser.register("Root")
        make_admin(front.registry, "Root", lambda: "")
        yield browser


def wait_until_written(services: Services) -> None:
    deadline_s = monotonic() + LIMIT_S
    while services.slates.n_waiting():
        assert monotonic() < deadline_s


def test_only_operators_see_experiments(operator: Browser) -> None:
    app = operator.client.app
    other = Browser(TestClient(app, raise_server_exceptions=False))
    for path in ("/experiments", "/experiments/summer"):
        assert other.send("GET", path).status_code == 401
    other.register("Ann")
    for path in ("/experiments", "/experiments/summer"):
        assert other.send("GET", path).status_code == 403


def test_the_experiments_are_listed(operator: Browser) -> None:
    [listed] = operator.get("/experiments")
    assert listed["name"] == "summer"
    assert listed["variants"] == {"popular": 1.0, "ease": 1.0}
    assert (listed["control"], listed["is_on"], listed["untrained"]) == ("popular", True, [])


def test_a_report_counts_what_was_shown_and_answered(operator: Browser, services: Services) -> None:
    slates = [operator.get(f"/recommendations/u{user}") for user in range(30)]
    for shown in slates[:10]:
        liked = {"item_id": shown["items"][0]["item_id"], "action": "like"}
        path = f"/feedback/{shown['session_id']}"
        assert operator.send("POST", path, liked).status_code == 200
    wait_until_written(services)
    found = operator.get("/experiments/summer")
    by_name = {one["variant"]: one for one in found["variants"]}
    assert sum(one["n_users"] for one in by_name.values()) == 30
    assert sum(one["rates"]["likes"]["value"] * one["n_slates"] for one in by_name.values()) == (
        pytest.approx(10)
    )
    assert by_name["popular"]["differences"] is None
    assert set(by_name["ease"]["differences"]) == {"precision", "recall", "clicks", "likes"}
    for variant, one in by_name.items():
        assert one["health"]["serving"]["n_made"] == one["n_slates"], variant
    assert found["verdict"]["sentence"]


def test_only_answers_of_the_user_to_what_was_shown_count(
    operator: Browser, services: Services
) -> None:
    def act(user: str, item: str, session: str, action: str) -> None:
        event = {"user_id": user, "item_id": item, "session_id": session, "action": action}
        assert operator.send("POST", "/interactions", event).json()["accepted"] == 1

    path = "/recommendations/ann?k=5"
    first = operator.get(path)
    second = operator.get(f"{path}&cursor={first['next_cursor']}")
    session = first["session_id"]
    shown = [item["item_id"] for page in (first, second) for item in page["items"]]
    unseen = next(str(item) for item in range(40) if str(item) not in shown)

    def rate(measure: str) -> float:
        wait_until_written(services)
        [of_ann] = [
            one for one in operator.get("/experiments/summer")["variants"] if one["n_slates"]
        ]
        return float(of_ann["rates"][measure]["value"])

    act("ann", unseen, session, "like")
    act("eve", shown[0], session, "like")
    assert (rate("likes"), rate("clicks")) == (0.0, 0.0)
    act("ann", shown[-1], session, "view")
    assert (rate("likes"), rate("clicks")) == (0.0, 1.0)
    act("ann", shown[0], session, "like")
    assert (rate("likes"), rate("clicks")) == (1.0, 1.0)


def test_an_operator_sees_the_slate_that_the_user_would_see(
    operator: Browser, services: Services
) -> None:
    genres = {"user_id": "u0", "genres": ["Drama"]}
    assert operator.send("POST", "/genres", genres).status_code == 200
    for user in range(1, 9):
        event = {"user_id": f"u{user}", "item_id": "3", "action": "like"}
        assert operator.send("POST", "/interactions", event).status_code == 200
    seen = [operator.get(f"/operate/users/u{user}/slate?k=5")["slate"] for user in range(9)]
    shown = [operator.get(f"/recommendations/u{user}?k=5") for user in range(9)]
    told = ("source", "model", "items")
    assert [[slate[name] for name in told] for slate in seen] == [
        [slate[name] for name in told] for slate in shown
    ]
    assert {slate["model"] for slate in shown} == {"popular", "ease"}
    assert shown[0]["source"] == "popular_in_genre"
    wait_until_written(services)
    variants = operator.get("/experiments/summer")["variants"]
    assert sum(one["n_slates"] for one in variants) == len(shown)


def test_an_operator_may_name_the_model(operator: Browser) -> None:
    for model in ("popular", "ease"):
        found = operator.get(f"/operate/users/u1/slate?model={model}")
        assert found["slate"]["model"] == model


def test_an_untrained_variant_costs_no_visitor_and_is_named(
    services: Services, operator: Browser
) -> None:
    almost_all = ExperimentConfig(variants={"ease": 1e-9, UNTRAINED: 1})
    app: Any = operator.client.app
    app.state.services = replace(services, experiments=Experiments({"autumn": almost_all}))
    slate = operator.get("/recommendations/ann")
    assert (slate["source"], slate["model"]) == ("popular", UNTRAINED)
    assert slate["items"]
    [listed] = operator.get("/experiments")
    assert listed["untrained"] == [UNTRAINED]


def test_an_empty_report_is_no_error_and_an_unknown_one_is(operator: Browser) -> None:
    found = operator.get("/experiments/summer")
    assert found["verdict"]["state"] == "empty"
    assert found["variants"][0]["rates"]["likes"]["low"] is None
    assert operator.send("GET", "/experiments/winter").status_code == 404
