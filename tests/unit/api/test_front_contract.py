"""The storefront's routes: whatever fits the description is answered as described."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from starlette.testclient import TestClient

from tastemaker.accounts.config import AccountsConfig
from tastemaker.accounts.registry import make_admin
from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.visitor import COOKIE
from tastemaker.recommend.pipeline import Recommender
from tests.unit.api.shop import open_shop
from tests.unit.api.storefront import PASSWORD, Browser, open_front
from tests.unit.api.test_contract import OPERATIONS as OF_MACHINES
from tests.unit.api.test_contract import bounded

OPERATIONS = [
    ("POST", "/api/v1/accounts"),
    ("GET", "/api/v1/me"),
    ("PATCH", "/api/v1/me"),
    ("PUT", "/api/v1/me/password"),
    ("DELETE", "/api/v1/me"),
    ("POST", "/api/v1/sessions"),
    ("GET", "/api/v1/sessions"),
    ("PUT", "/api/v1/sessions/active"),
    ("GET", "/api/v1/me/items"),
    ("GET", "/api/v1/me/items/{item_id}"),
    ("PUT", "/api/v1/me/items/{item_id}"),
    ("POST", "/api/v1/me/dismissed"),
    ("DELETE", "/api/v1/me/dismissed/{item_id}"),
    ("GET", "/api/v1/me/recommendations"),
    ("POST", "/api/v1/recommendations/together"),
    ("GET", "/api/v1/me/taste"),
    ("GET", "/api/v1/me/export"),
    ("POST", "/api/v1/me/import"),
    ("GET", "/api/v1/items/{item_id}/reviews"),
    ("GET", "/api/v1/search"),
    ("GET", "/api/v1/pictures/{item_id}/{kind}/{size}"),
    ("GET", "/api/v1/items/{item_id}/description"),
    ("GET", "/api/v1/config"),
    ("GET", "/api/v1/operate/model"),
    ("GET", "/api/v1/operate/users/{user_id}/slate"),
]
SIGNING_OUT = [("DELETE", "/api/v1/sessions"), ("DELETE", "/api/v1/sessions/active")]
"""Not tried here: they would end what the others need."""


@pytest.fixture(scope="module")
def front(
    tmp_path_factory: pytest.TempPathFactory, trained: Recommender
) -> Iterator[tuple[Any, Browser]]:
    """The description, and a browser of an operator who is signed in."""
    folder = tmp_path_factory.mktemp("front")
    services = open_shop(folder, trained)
    storefront = open_front(folder, services, AccountsConfig(max_failures=1_000))
    app = create_app(services, ApiConfig(), storefront)
    with TestClient(app) as client:
        browser = Browser(client)
        browser.register("Ann")
        make_admin(storefront.registry, "Ann", lambda: PASSWORD)
        yield schemathesis.openapi.from_asgi("/openapi.json", app), browser
    services.interactions.close()


def test_every_operation_is_tried(front: tuple[Any, Browser]) -> None:
    described = [result.ok() for result in front[0].get_all_operations()]
    found = {(operation.method.upper(), operation.path) for operation in described}
    assert found == {*OPERATIONS, *SIGNING_OUT, *OF_MACHINES}


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@given(data=st.data())
@bounded
def test_what_fits_the_description_is_answered_as_described(
    front: tuple[Any, Browser], method: str, path: str, data: st.DataObject
) -> None:
    schema, browser = front
    case = data.draw(schema[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE))
    # No description can say which texts are cursors: only the server makes them.
    case.query = {name: value for name, value in case.query.items() if name != "cursor"}
    # Neither which cookie and token the browser holds.
    case.headers = {"X-CSRF-Token": browser.csrf_token}
    case.cookies = {COOKIE: browser.client.cookies[COOKIE]}
    answer = case.call()
    _assert_as_described(case, answer)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@given(data=st.data())
@bounded
def test_a_stranger_is_answered_as_described_too(
    front: tuple[Any, Browser], method: str, path: str, data: st.DataObject
) -> None:
    case = data.draw(
        front[0][path][method].as_strategy(generation_mode=GenerationMode.NEGATIVE)
        if front[0][path][method].body or "{" in path
        else front[0][path][method].as_strategy()
    )
    _assert_as_described(case, case.call())


def _assert_as_described(case: Any, answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    case.validate_response(answer)
