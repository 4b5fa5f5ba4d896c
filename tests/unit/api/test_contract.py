"""Whatever fits the description is answered as described, and whatever does not is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.recommend.pipeline import Recommender
from tests.unit.api.shop import open_shop

OPERATIONS = [
    ("GET", "/api/v1/recommendations/{user_id}"),
    ("POST", "/api/v1/recommendations"),
    ("GET", "/api/v1/items/{item_id}/similar"),
    ("GET", "/api/v1/popular"),
    ("GET", "/api/v1/items"),
    ("GET", "/api/v1/items/{item_id}"),
    ("POST", "/api/v1/interactions"),
    ("POST", "/api/v1/feedback/{session_id}"),
    ("POST", "/api/v1/genres"),
    ("GET", "/api/v1/genres_top"),
    ("GET", "/api/v1/users/{user_id}/history"),
    ("POST", "/api/v1/retrain"),
    ("GET", "/api/v1/retrain"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/metrics"),
]


NO_INPUT = ("GET", "/api/v1/retrain")
WITH_INPUT = [
    operation
    for operation in OPERATIONS
    if operation[1].startswith("/api/") and operation != NO_INPUT
]
NEED_WHAT_IS_THERE = {
    "/api/v1/interactions",
    "/api/v1/feedback/{session_id}",
    "/api/v1/genres",
    "/api/v1/genres_top",
}
KEY = "open sesame"

bounded = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory, trained: Recommender) -> Iterator[Any]:
    services = open_shop(tmp_path_factory.mktemp("shop"), trained)
    app = create_app(services, ApiConfig(api_key=SecretStr(KEY)))
    yield schemathesis.openapi.from_asgi("/openapi.json", app)
    services.interactions.close()
    services.slates.close()


def drop_cursors(case: Any) -> None:
    """No description can say which texts are cursors: only the server makes them."""
    case.query = {name: value for name, value in case.query.items() if name != "cursor"}
    if isinstance(case.body, dict):
        case.body = {name: value for name, value in case.body.items() if name != "cursor"}


def test_every_operation_is_tried(schema: Any) -> None:
    described = [result.ok() for result in schema.get_all_operations()]
    tried = {(operation.method.upper(), operation.path) for operation in described}
    assert tried == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@given(data=st.data())
@bounded
def test_what_fits_the_description_is_answered_as_described(
    schema: Any, method: str, path: str, data: st.DataObject
) -> None:
    case = data.draw(schema[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE))
    drop_cursors(case)
    # Nor which items, slates and genres there are.
    excluded = [positive_data_acceptance] if path in NEED_WHAT_IS_THERE else []
    case.call_and_validate(headers={"X-API-Key": KEY}, excluded_checks=excluded)


@pytest.mark.parametrize(("method", "path"), WITH_INPUT)
@given(data=st.data())
@bounded
def test_what_does_not_fit_it_is_refused_as_described(
    schema: Any, method: str, path: str, data: st.DataObject
) -> None:
    case = data.draw(schema[path][method].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    case.call_and_validate()
