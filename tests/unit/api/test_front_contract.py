"""The storefront's routes: whatever fits the description is answered as described."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tastemaker.accounts.config import AccountsConfig
from tastemaker.accounts.tokens import csrf_token
from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.storefront import Storefront
from tastemaker.api.visitor import COOKIE
from tastemaker.core.account import Language
from tastemaker.recommend.pipeline import Recommender
from tests.unit.api.shop import open_shop
from tests.unit.api.storefront import PASSWORD, open_front
from tests.unit.api.test_contract import OPERATIONS as OF_MACHINES
from tests.unit.api.test_contract import bounded, drop_cursors

OPERATIONS = [
    ("POST", "/api/v1/accounts"),
    ("GET", "/api/v1/me"),
    ("PATCH", "/api/v1/me"),
    ("PUT", "/api/v1/me/password"),
    ("DELETE", "/api/v1/me"),
    ("PUT", "/api/v1/me/picture"),
    ("DELETE", "/api/v1/me/picture"),
    ("GET", "/api/v1/accounts/picture"),
    ("POST", "/api/v1/sessions"),
    ("GET", "/api/v1/sessions"),
    ("PUT", "/api/v1/sessions/active"),
    ("GET", "/api/v1/me/items"),
    ("GET", "/api/v1/me/items/{item_id}"),
    ("PUT", "/api/v1/me/items/{item_id}"),
    ("POST", "/api/v1/me/dismissed"),
    ("DELETE", "/api/v1/me/dismissed/{item_id}"),
    ("POST", "/api/v1/me/opened"),
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
    ("GET", "/api/v1/experiments"),
    ("GET", "/api/v1/experiments/{name}"),
    ("GET", "/api/v1/operate/users/{user_id}/slate"),
]
SIGNING_OUT = [("DELETE", "/api/v1/sessions"), ("DELETE", "/api/v1/sessions/active")]
"""Not tried here: they would end what the others need."""


briefly = settings(bounded, max_examples=8)
SAYING_THE_PASSWORD = {"/api/v1/me", "/api/v1/me/password", "/api/v1/sessions"}
WANTING_MORE = {"/api/v1/accounts", "/api/v1/me", "/api/v1/me/import", "/api/v1/me/picture"}
"""Here no description can say all: names of visible characters, files and pictures of a known
format."""


@dataclass(frozen=True)
class Front:
    schema: Any
    storefront: Storefront
    numbers: Iterator[int]

    def operator(self) -> dict[str, dict[str, str]]:
        """Headers and cookies of one who has just signed in, another one each time."""
        name = f"Operator {next(self.numbers)}"
        registry, sign_in = self.storefront.registry, self.storefront.sign_in
        account = registry.add(name, PASSWORD, Language.ENGLISH, is_admin=True)
        token = sign_in.at_once(account, None)
        return {"headers": {"X-CSRF-Token": csrf_token(token)}, "cookies": {COOKIE: token}}


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, trained: Recommender) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    services = open_shop(folder, trained)
    storefront = open_front(folder, services, AccountsConfig(max_failures=1_000))
    app = create_app(services, ApiConfig(), storefront)
    yield Front(schemathesis.openapi.from_asgi("/openapi.json", app), storefront, count())
    services.interactions.close()


def test_every_operation_is_tried(front: Front) -> None:
    described = [result.ok() for result in front.schema.get_all_operations()]
    found = {(operation.method.upper(), operation.path) for operation in described}
    assert found == {*OPERATIONS, *SIGNING_OUT, *OF_MACHINES}


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@given(data=st.data())
@briefly
def test_what_fits_the_description_is_answered_as_described(
    front: Front, method: str, path: str, data: st.DataObject
) -> None:
    operation = front.schema[path][method]
    case = data.draw(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    drop_cursors(case)
    answer = case.call(**front.operator())
    assert answer.status_code not in (401, 403) or path in SAYING_THE_PASSWORD, answer.text
    excluded = [positive_data_acceptance] if path in WANTING_MORE else []
    case.validate_response(answer, excluded_checks=excluded)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@given(data=st.data())
@briefly
def test_a_stranger_is_answered_as_described_too(
    front: Front, method: str, path: str, data: st.DataObject
) -> None:
    case = data.draw(
        front.schema[path][method].as_strategy(generation_mode=GenerationMode.NEGATIVE)
        if front.schema[path][method].body or "{" in path
        else front.schema[path][method].as_strategy()
    )
    case.call_and_validate()
