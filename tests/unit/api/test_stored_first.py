"""A stored slate that cannot be had leaves the request to the long way, which looks no second
time and says what is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from tastemaker.adapters.slates.sql import SqlSlates
from tastemaker.api import stored_answer
from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.core.errors import RequestInvalid, SlatesUnavailable
from tastemaker.core.message import Message
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate
from tastemaker.core.topics import Topic
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import migrate
from tests.unit.api.shop import NOW
from tests.unit.api.stored import keep_told, stored_slates
from tests.unit.api.storefront import API, Browser, open_front

ANN = f"{API}/recommendations/ann"
EVENT = {"user_id": "ann", "item_id": "3", "action": "watched"}
KEY = SlateKey(SlateKind.USER, "ann", "ease")


class Counted(SqlSlates):
    """Counts what it is asked. trouble: raised where it is set."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, lambda: NOW, ttl_s=1e6)
        self.n_asked = 0
        self.trouble: Exception | None = None

    def get(self, key: SlateKey) -> StoredSlate | None:
        self.n_asked += 1
        if self.trouble is not None:
            raise self.trouble
        return super().get(key)


@dataclass
class Shop:
    services: Services
    folder: Path
    slates: Counted
    told: list[tuple[Topic, Message]] = field(default_factory=list)
    n_missed: int = 0

    def __post_init__(self) -> None:
        made = stored_slates(self.services, self.folder, self.told)
        self.stored = replace(made, slates=self.slates, on_away=self._missed)
        self.services = replace(self.services, stored=self.stored)

    @contextmanager
    def client(self) -> Iterator[TestClient]:
        app = create_app(self.services, ApiConfig(), open_front(self.folder, self.services))
        with TestClient(app, raise_server_exceptions=False) as client:
            client.post(f"{API}/interactions", json=EVENT).raise_for_status()
            yield client

    def _missed(self) -> None:
        self.n_missed += 1


@pytest.fixture
def shop(services: Services, tmp_path: Path) -> Shop:
    engine = open_engine(f"sqlite:///{tmp_path}/counted.db", StoreConfig())
    migrate(engine)
    return Shop(services, tmp_path, Counted(engine))


@pytest.mark.parametrize(
    "answer", [b"", b"{}\n{}", b"[]\n[]", b'{"form": 1}\n{"items": []}', b"{}", b"\xff\n\xff"]
)
def test_what_is_of_another_form_counts_as_none_and_is_replaced(shop: Shop, answer: bytes) -> None:
    with shop.client() as client, capture_logs() as lines:
        shop.slates.put_many([StoredSlate(KEY, "v1", NOW, answer)])
        for _ in range(3):
            assert client.get(ANN).json()["source"] == "model"
        keep_told(shop.stored, shop.told)
        assert client.get(ANN).json()["source"] == "stored"
    said = [line["event"] for line in lines]
    assert said.count("stored slates of another form count as none") == 1


def test_what_another_release_stored_counts_as_none(shop: Shop) -> None:
    with shop.client() as client:
        client.get(ANN)
        keep_told(shop.stored, shop.told)
        stored = shop.slates.get(KEY)
        assert stored is not None
        assert stored_answer.read(stored.answer) is not None
        for other in (b'"form":0', b'"form":2', b'"shape":1'):
            assert stored_answer.read(stored.answer.replace(b'"form":1', other)) is None


@pytest.mark.parametrize(
    ("trouble", "status"), [(RequestInvalid("No such id"), 422), (KeyError("odd"), 500)]
)
def test_an_error_becomes_a_problem_document_and_is_counted(
    shop: Shop, trouble: Exception, status: int
) -> None:
    shop.slates.trouble = trouble
    with shop.client() as client:
        answer = client.get(ANN)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        counted = f'route="/api/v1/recommendations/{{user_id}}",status="{status}"'
        assert counted in client.get("/metrics").text


def test_a_slate_that_is_not_there_is_looked_for_once(shop: Shop) -> None:
    with shop.client() as client:
        assert client.get(ANN).json()["source"] == "model"
        assert shop.slates.n_asked == 1
        # A page of another site goes the long way from the start.
        assert client.get(ANN, headers={"Origin": "http://elsewhere"}).json()["source"] == "model"
        assert shop.slates.n_asked == 2


def test_a_server_that_is_away_is_missed_once_a_request(shop: Shop) -> None:
    shop.slates.trouble = SlatesUnavailable("away")
    with shop.client() as client:
        assert client.get(ANN).json()["source"] == "model"
        assert shop.n_missed == 1
        browser = Browser(client)
        browser.register("Bea")
        assert browser.send("PUT", "/me/items/3", {"rating": 5}).status_code == 200
        assert browser.get("/me/recommendations")["source"] == "model"
        assert shop.n_missed == 2
