from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.recommend.pipeline import Recommender
from tests.unit.api.shop import open_shop, trained_recommender


@pytest.fixture(scope="session")
def trained() -> Recommender:
    return trained_recommender()


@pytest.fixture
def services(tmp_path: Path, trained: Recommender) -> Iterator[Services]:
    services = open_shop(tmp_path, trained)
    yield services
    services.interactions.close()


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    config = ApiConfig(max_body_bytes=200_000, max_batch=100, max_history=50)
    with TestClient(create_app(services, config), raise_server_exceptions=False) as client:
        yield client
