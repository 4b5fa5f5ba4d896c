"""Slates that are the same for everybody are kept and can be answered too."""

import pytest
from starlette.testclient import TestClient

from tastemaker.api.services import Services
from tests.unit.api.test_feedback import found, get, item_ids, post


@pytest.mark.parametrize("path", ["/items/3/similar", "/popular", "/genres_top?genre=Drama"])
def test_a_slate_for_everybody_is_noted_and_answered_but_is_nobodys(
    client: TestClient, services: Services, path: str
) -> None:
    slate = get(client, path)
    noted = found(services, slate).shown
    assert (noted.user_id, noted.experiment) == ("", None)
    assert noted.item_ids == item_ids(slate)
    body = {"item_id": noted.item_ids[0], "action": "like"}
    answer = post(client, f"/feedback/{slate['session_id']}", body)
    assert answer.json()["user_id"] is None
    assert [one.item_id for one in found(services, slate).feedback] == [noted.item_ids[0]]
    assert services.interactions.count() == 0


def test_top_of_a_users_genres_was_shown_to_the_user(
    client: TestClient, services: Services
) -> None:
    slate = get(client, "/genres_top?user_id=ann")
    assert found(services, slate).shown.user_id == "ann"
