"""What is taken back counts no more, whatever answers were kept: rows that go are news too."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tastemaker.api.slate_cache import SlateCache
from tastemaker.core.message import Message
from tastemaker.core.topics import Topic
from tests.unit.api.stored import keep_told, stored_slates
from tests.unit.api.storefront import Browser, open_front

Evidence = set[str]


@dataclass
class Visitor:
    """keep: what the roles do in between."""

    browser: Browser
    keep: Callable[[], None]

    def evidence(self) -> Evidence:
        """The items that the reasons of the slate name."""
        slate = self.browser.get("/me/recommendations")
        self.keep()
        reasons = [item["reason"] for item in slate["items"]]
        return {because["item_id"] for reason in reasons for because in reason["because"]}

    def say(self, item_id: str, **marks: object) -> None:
        assert self.browser.send("PUT", f"/me/items/{item_id}", marks).status_code == 200


@pytest.fixture(params=["stored", "held", "remembered"])
def visitor(
    services: Services, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Visitor]:
    told: list[tuple[Topic, Message]] = []
    stored = stored_slates(services, tmp_path, told)
    if request.param == "held":
        stored = replace(stored, held=SlateCache(10_000_000, 60.0, lambda: 0.0))
    if request.param == "remembered":
        kept = replace(services, remembered=SlateCache(10_000_000, 60.0, lambda: 0.0))
    else:
        kept = replace(services, stored=stored)
    app = create_app(kept, ApiConfig(), open_front(tmp_path, kept))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Visitor(Browser(client), lambda: keep_told(stored, told))


def test_an_earlier_mark_that_is_taken_back_counts_no_more(visitor: Visitor) -> None:
    visitor.browser.register("Ann")
    visitor.say("3", rating=5)
    visitor.say("5", rating=5)
    assert visitor.evidence() == {"3", "5"}
    assert visitor.evidence() == {"3", "5"}
    visitor.say("3", rating=None)
    assert visitor.evidence() == {"5"}
    visitor.say("3", rating=4)
    assert visitor.evidence() == {"3", "5"}
