"""What is shown is noted, and answers to it are counted."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.core.errors import SlateLogUnavailable
from tastemaker.core.ids import ItemId, SessionId, UserId
from tastemaker.core.interaction import Action
from tastemaker.core.slate_record import AnsweredSlate, ShownSlate
from tastemaker.observe.experiments.experiment_config import ExperimentConfig
from tastemaker.observe.slate_writer import SlateWriter, SlateWritingConfig
from tastemaker.ports import SlateLog
from tastemaker.recommend.pipeline import Recommender
from tastemaker.roles.answer_keeper import AnsweredUpTo, AnswerKeeper
from tests.unit.api.shop import NOW, open_shop
from tests.unit.api.storefront import PASSWORD, Browser

SUMMER = ExperimentConfig(variants={"popular": 1, "ease": 1})
LIMIT_S = 20.0
KEY = "open sesame"


def get(client: TestClient, path: str) -> Any:
    answer = client.get("/api/v1" + path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(client: TestClient, path: str, body: Any, **headers: str) -> Any:
    return client.post("/api/v1" + path, json=body, headers=headers)


def found(services: Services, slate: dict[str, Any]) -> AnsweredSlate:
    """Once all is written."""
    deadline_s = monotonic() + LIMIT_S
    while services.slates.n_waiting():
        assert monotonic() < deadline_s
    answered = services.slate_log.find(SessionId(slate["session_id"]))
    assert answered is not None
    return answered


def item_ids(slate: dict[str, Any]) -> tuple[str, ...]:
    return tuple(item["item_id"] for item in slate["items"])


@pytest.fixture
def tried(tmp_path: Path, trained: Recommender) -> Iterator[Services]:
    """A shop in which an experiment runs."""
    services = open_shop(tmp_path, trained, {"summer": SUMMER})
    yield services
    services.interactions.close()
    services.slates.close()


@pytest.fixture
def trying(tried: Services) -> Iterator[TestClient]:
    with TestClient(create_app(tried, ApiConfig()), raise_server_exceptions=False) as client:
        yield client


def test_a_slate_is_noted_as_it_was_shown(client: TestClient, services: Services) -> None:
    slate = get(client, "/recommendations/ann?k=5")
    expected = ShownSlate(
        session_id=slate["session_id"],
        user_id=UserId("ann"),
        experiment=None,
        variant="ease",
        model_version="v1",
        source="popular",
        item_ids=item_ids(slate),  # type: ignore[arg-type]
        at=NOW,
    )
    assert found(services, slate) == AnsweredSlate(expected, ())
    services.slates.close()
    assert services.slate_log.find(SessionId(slate["session_id"])) == AnsweredSlate(expected, ())


def test_a_slate_for_a_history_belongs_to_nobody(client: TestClient, services: Services) -> None:
    slate = post(client, "/recommendations", {"history": [{"item_id": "3"}]}).json()
    assert found(services, slate).shown.user_id == ""
    answer = post(
        client,
        f"/feedback/{slate['session_id']}",
        {"item_id": item_ids(slate)[0], "action": "like"},
    )
    assert answer.status_code == 200
    assert answer.json()["user_id"] is None
    assert [one.action for one in found(services, slate).feedback] == [Action.LIKE]
    assert services.interactions.count() == 0


def test_a_user_keeps_a_variant_and_its_slates_belong_to_the_experiment(
    trying: TestClient, tried: Services
) -> None:
    variants = {}
    for user in range(20):
        slates = [get(trying, f"/recommendations/u{user}") for _ in range(2)]
        [variants[user]] = {found(tried, slate).shown.variant for slate in slates}
        assert {found(tried, slate).shown.experiment for slate in slates} == {"summer"}
        assert slates[0]["model"] == variants[user]
    assert set(variants.values()) == {"popular", "ease"}


def test_a_model_asked_for_by_name_is_outside_of_the_experiment(
    trying: TestClient, tried: Services
) -> None:
    for user in range(6):
        shown = found(tried, get(trying, f"/recommendations/u{user}?model=ease")).shown
        assert (shown.variant, shown.experiment) == ("ease", None)


def test_an_account_is_a_user_of_the_experiment_too(browser: Browser, services: Services) -> None:
    account = browser.register("Анна")
    slate = browser.get("/me/recommendations")
    assert found(services, slate).shown.user_id == account["user_id"]


def test_pages_of_a_slate_are_noted_each_and_answered_in_its_session(
    trying: TestClient, tried: Services
) -> None:
    first = get(trying, "/recommendations/ann?k=4")
    second = get(trying, f"/recommendations/ann?k=4&cursor={first['next_cursor']}")
    third = get(trying, f"/recommendations/ann?k=4&cursor={second['next_cursor']}")
    session = first["session_id"]
    assert third["session_id"] == session
    assert found(tried, first).shown.experiment == "summer"
    tried.slates.close()
    assert tried.slate_log.kept().n == 3
    for page in (first, second, third):
        liked = {"item_id": item_ids(page)[-1], "action": "like"}
        assert post(trying, f"/feedback/{session}", liked).status_code == 200
    answered = tried.slate_log.find(session)
    assert answered is not None
    assert answered.shown.item_ids == item_ids(first)
    assert len(answered.feedback) == 3
    shown = {item for page in (first, second, third) for item in item_ids(page)}
    unseen = next(str(item) for item in range(40) if str(item) not in shown)
    refused = post(trying, f"/feedback/{session}", {"item_id": unseen, "action": "like"})
    assert refused.status_code == 422


def test_a_like_is_an_event_at_once(client: TestClient, services: Services) -> None:
    slate = get(client, "/recommendations/ann")
    liked, session = item_ids(slate)[0], slate["session_id"]
    answer = post(client, f"/feedback/{session}", {"item_id": liked, "action": "like"})
    assert answer.json()["is_new"] is True
    [event] = services.interactions.of_user(UserId("ann"), 10)
    assert (event.item_id, event.action, event.session_id) == (liked, Action.LIKE, session)
    after = get(client, "/recommendations/ann")
    assert after["source"] == "model"
    assert liked not in item_ids(after)


def test_the_same_answer_twice_counts_once(client: TestClient, services: Services) -> None:
    slate = get(client, "/recommendations/ann")
    path, first = f"/feedback/{slate['session_id']}", item_ids(slate)[0]
    for body in ({"action": "click"}, {"action": "like"}, {"action": "like", "event_id": "mine"}):
        answers = [post(client, path, body | {"item_id": first}).json() for _ in range(2)]
        assert [answer["is_new"] for answer in answers] == [True, False]
        assert answers[0]["event_id"] == answers[1]["event_id"]
    actions = [one.action for one in found(services, slate).feedback]
    assert sorted(actions) == [Action.LIKE, Action.LIKE, Action.VIEW]
    assert services.interactions.count() == 3


def test_a_disliked_item_does_not_come_again(client: TestClient) -> None:
    slate = get(client, "/recommendations/ann")
    disliked = {"item_id": item_ids(slate)[0], "action": "dislike"}
    post(client, f"/feedback/{slate['session_id']}", disliked)
    assert disliked["item_id"] not in item_ids(get(client, "/recommendations/ann"))


def test_what_answers_no_slate_is_refused_and_says_why(
    client: TestClient, services: Services
) -> None:
    slate = get(client, "/recommendations/ann?k=3")
    like = {"item_id": item_ids(slate)[0], "action": "like"}
    unknown = post(client, "/feedback/no-such", like)
    assert unknown.status_code == 404
    assert "no-such" in unknown.json()["detail"]
    path = f"/feedback/{slate['session_id']}"
    not_shown = next(str(item) for item in range(40) if str(item) not in item_ids(slate))
    for body, where in (
        (like | {"item_id": not_shown}, "body.item_id"),
        (like | {"action": "purchase"}, "body.action"),
        (like | {"at": "2999-01-01T00:00:00Z"}, "body.at"),
    ):
        refused = post(client, path, body)
        assert refused.status_code == 422
        assert refused.json()["where"] == where
    assert client.post("/api/v1" + path, content="{}").status_code == 415
    assert services.interactions.count() == 0
    assert found(services, slate).feedback == ()


class _Elsewhere:
    """A log into which another server writes what it shows, a moment after it was looked for."""

    def __init__(self, slate_log: SlateLog, shown: Sequence[ShownSlate]) -> None:
        self.record = slate_log.record
        self._log = slate_log
        self._shown = iter(shown)

    def find(self, session_id: SessionId) -> AnsweredSlate | None:
        found = self._log.find(session_id)
        for shown in self._shown:
            self._log.record([shown], [])
            break
        return found


def test_a_slate_that_another_server_shows_can_be_answered_at_once(services: Services) -> None:
    items, second = (ItemId("1"), ItemId("2")), (ItemId("3"),)
    session = SessionId("theirs")
    shown = ShownSlate(session, UserId("ann"), None, "ease", "v1", "model", items, NOW)
    following = replace(shown, session_id=SessionId("theirs~2"), item_ids=second)
    log: Any = _Elsewhere(services.slate_log, [shown, following])
    writer = SlateWriter(log, SlateWritingConfig(), monotonic)
    here = replace(services, slates=writer, slate_log=log)
    with TestClient(create_app(here, ApiConfig())) as client:
        for item_id in ("2", "3"):
            answer = post(client, "/feedback/theirs", {"item_id": item_id, "action": "like"})
            assert answer.status_code == 200, answer.text
            assert answer.json()["user_id"] == "ann"
    writer.close()


def test_with_a_key_configured_an_answer_needs_it(services: Services) -> None:
    config = ApiConfig(api_key=SecretStr(KEY))
    with TestClient(create_app(services, config)) as client:
        slate = get(client, "/recommendations/ann")
        body = {"item_id": item_ids(slate)[0], "action": "like"}
        path = f"/feedback/{slate['session_id']}"
        assert post(client, path, body).status_code == 401
        assert post(client, path, body, **{"X-API-Key": KEY}).status_code == 200


def test_nobody_answers_for_an_account(browser: Browser) -> None:
    browser.register("Ann")
    slate = browser.get("/me/recommendations")
    body = {"item_id": item_ids(slate)[0], "action": "like"}
    refused = browser.send("POST", f"/feedback/{slate['session_id']}", body)
    assert refused.status_code == 422
    assert "/api/v1/me" in refused.json()["detail"]


def test_what_an_account_says_of_a_slate_answers_it(browser: Browser, services: Services) -> None:
    account = browser.register("Ann")
    slate = browser.get("/me/recommendations")
    session, (good, bad, middling, *_) = slate["session_id"], item_ids(slate)
    browser.save(good, rating=4.5, on_watchlist=True, session_id=session)
    browser.save(good, rating=4.5, on_watchlist=True, session_id=session)
    browser.save(middling, rating=3, session_id=session)
    dismissal = {"item_id": bad, "session_id": session}
    assert browser.send("POST", "/me/dismissed", dismissal).status_code == 204
    said = sorted((one.item_id, one.action.value) for one in found(services, slate).feedback)
    assert said == sorted(
        [(good, "like"), (good, "bookmark"), (bad, "dismiss"), (middling, "rate")]
    )
    events = services.interactions.of_user(account["user_id"], 10)
    assert {event.session_id for event in events} == {session}


def test_what_an_account_said_is_no_second_answer_when_it_is_read_from_its_events(
    browser: Browser, services: Services, tmp_path: Path
) -> None:
    browser.register("Ann")
    slate = browser.get("/me/recommendations")
    session, (good, bad, opened, *_) = slate["session_id"], item_ids(slate)
    browser.save(good, rating=4.5, on_watchlist=True, session_id=session)
    browser.save(good, on_watchlist=False, session_id=session)
    browser.send("POST", "/me/dismissed", {"item_id": bad, "session_id": session})
    browser.send("POST", "/me/opened", {"item_id": opened, "session_id": session})
    answered = found(services, slate).feedback
    assert len(answered) == 4
    place = AnsweredUpTo(tmp_path / "answers.json")
    AnswerKeeper(services.interactions, services.slate_log, place, max_rating=5.0).look()
    assert found(services, slate).feedback == answered


def test_opening_a_film_of_a_slate_is_a_view_and_answers_it_once(
    browser: Browser, services: Services
) -> None:
    account = browser.register("Ann")
    slate = browser.get("/me/recommendations")
    opening = {"item_id": item_ids(slate)[2], "session_id": slate["session_id"]}
    for _ in range(2):
        assert browser.send("POST", "/me/opened", opening).status_code == 204
    (said,) = found(services, slate).feedback
    assert (said.item_id, said.action) == (opening["item_id"], Action.VIEW)
    (event,) = services.interactions.of_user(account["user_id"], 10)
    assert (event.action, event.session_id) == (Action.VIEW, slate["session_id"])
    assert browser.send("POST", "/me/opened", opening | {"item_id": "none"}).status_code == 404


def test_who_is_erased_leaves_no_slates_behind(browser: Browser, services: Services) -> None:
    browser.register("Ann")
    browser.get("/me/recommendations")
    kept = browser.get("/recommendations/u1")
    found(services, kept)
    assert services.slate_log.kept().n == 2
    assert browser.send("DELETE", "/me", {"password": PASSWORD}).status_code == 204
    assert services.slate_log.kept().n == 1


def test_events_that_name_a_slate_answer_it(client: TestClient, services: Services) -> None:
    slate = get(client, "/recommendations/ann")
    event = {"user_id": "ann", "item_id": item_ids(slate)[0], "session_id": slate["session_id"]}
    batch = [
        event | {"action": "rate", "value": 4, "event_id": "e1"},
        event | {"action": "rate", "value": 2, "event_id": "e2"},
        event | {"action": "purchase", "event_id": "e3"},
        {"user_id": "ann", "item_id": "3", "action": "like"},
    ]
    for _ in range(2):
        assert post(client, "/interactions", batch).status_code == 200
    said = {one.event_id: one.action.value for one in found(services, slate).feedback}
    assert said == {"e1": "like", "e2": "dislike", "e3": "purchase"}


def test_a_log_that_is_away_costs_no_slate_and_no_event(services: Services) -> None:
    away: Any = _Away()
    writer = SlateWriter(away, SlateWritingConfig(), monotonic)
    logless = replace(services, slates=writer, slate_log=away)
    with TestClient(create_app(logless, ApiConfig()), raise_server_exceptions=False) as client:
        slate = get(client, "/recommendations/ann")
        event = {"user_id": "ann", "item_id": "3", "action": "like"}
        event["session_id"] = slate["session_id"]
        assert post(client, "/interactions", event).json()["accepted"] == 1
        answer = post(client, "/feedback/another", {"item_id": "3", "action": "like"})
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
    writer.close()


class _Away:
    """A log whose server is gone."""

    def record(self, *_: object) -> None:
        raise SlateLogUnavailable("It is away")

    find = read = kept = prune = forget = record
