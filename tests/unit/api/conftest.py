from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.api.storefront import Storefront
from tastemaker.recommend.pipeline import Recommender
from tests.unit.api.shop import open_shop, trained_recommender
from tests.unit.api.storefront import Browser, open_front


@pytest.fixture(scope="session")
def trained() -> Recommender:
    return trained_recommender()


@pytest.fixture
def services(tmp_path: Path, trained: Recommender) -> Iterator[Services]:
    services = open_shop(tmp_path, trained)
    yield services
    services.interactions.close()
    services.slates.close()


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    config = ApiConfig(max_body_bytes=200_000, max_batch=100, max_history=50)
    with TestClient(create_app(services, config), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def front(tmp_path: Path, services: Services) -> Storefront:
    return open_front(tmp_path, services)


@pytest.fixture
def shop_app(services: Services, front: Storefront) -> FastAPI:
    return create_app(services, ApiConfig(max_body_bytes=200_000), front)


@pytest.fixture
def browser(shop_app: FastAPI) -> Iterator[Browser]:
    with TestClient(shop_app, raise_server_exceptions=False) as client:
        yield Browser(client)


@pytest.fixture
def other_browser(browser: Browser, shop_app: FastAPI) -> Browser:
    """The application lives as long as the first browser."""
    assert browser
    return Browser(TestClient(shop_app, raise_server_exceptions=False))
