"""The picture in an account's circle."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from tastemaker.accounts.config import AccountsConfig
from tastemaker.api.api_config import ApiConfig
from tastemaker.api.app import create_app
from tastemaker.api.services import Services
from tests.unit.api.storefront import API, Browser, open_front


def picture(color: str = "red", kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", size, color).save(held, kind)
    return held.getvalue()


def choose(browser: Browser, content: bytes, **headers: str) -> Any:
    given = {"Content-Type": "image/png", **headers}
    return browser.send("PUT", "/me/picture", content=content, headers=given)


def address(browser: Browser) -> str | None:
    found: str | None = browser.get("/me")["account"]["picture"]
    return found


def test_a_chosen_picture_is_seen_by_everybody(browser: Browser, other_browser: Browser) -> None:
    browser.register("Ann")
    assert address(browser) is None
    answer = choose(browser, picture())
    assert answer.status_code == 200
    assert answer.json()["account"]["picture"] == address(browser)
    browser.save("1", review="fine")
    review = other_browser.get("/items/1/reviews")["items"][0]
    assert review["picture"] == address(browser) == browser.get("/sessions")[0]["picture"]
    seen = other_browser.client.get(review["picture"])
    assert seen.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(seen.content)).size == (256, 256)


def test_its_address_tells_nobody_the_id_of_the_account(browser: Browser) -> None:
    account = browser.register("Ann")
    choose(browser, picture())
    assert account["account_id"] not in (address(browser) or "")


def test_browsers_keep_it_and_ask_by_its_tag(browser: Browser) -> None:
    browser.register("Ann")
    choose(browser, picture())
    first = browser.client.get(address(browser) or "")
    assert "immutable" in first.headers["cache-control"]
    tag = first.headers["etag"]
    again = browser.client.get(address(browser) or "", headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


def test_another_picture_has_another_address_and_the_old_one_is_gone(browser: Browser) -> None:
    browser.register("Ann")
    choose(browser, picture("red"))
    old = address(browser) or ""
    choose(browser, picture("blue", "JPEG"))
    assert address(browser) != old
    assert browser.client.get(old).status_code == 404


def test_taken_away_the_initial_stands_again(browser: Browser) -> None:
    browser.register("Ann")
    choose(browser, picture())
    old = address(browser) or ""
    for _ in range(2):
        assert browser.send("DELETE", "/me/picture").json()["account"]["picture"] is None
    assert address(browser) is None
    assert browser.client.get(old).status_code == 404


def test_a_new_name_keeps_the_picture(browser: Browser) -> None:
    browser.register("Ann")
    choose(browser, picture())
    browser.send("PATCH", "/me", {"name": "Zoë / .. 🦊 & co?"})
    assert browser.client.get(address(browser) or "").status_code == 200


def test_it_leaves_with_the_export_and_with_the_account(browser: Browser) -> None:
    browser.register("Ann")
    choose(browser, picture())
    export = browser.send("GET", "/me/export").content
    archive = zipfile.ZipFile(io.BytesIO(export))
    old = address(browser) or ""
    assert archive.read("picture.webp") == browser.client.get(old).content
    files = {"file": ("tastemaker.zip", export)}
    assert browser.send("POST", "/me/import", files=files).status_code == 200
    assert browser.send("DELETE", "/me", {"password": "correct horse"}).status_code == 204
    assert browser.client.get(old).status_code == 404
    browser.register("Ann")
    assert address(browser) is None


@pytest.fixture
def small_limit(tmp_path: Path, services: Services) -> Iterator[Browser]:
    front = open_front(tmp_path, services, AccountsConfig(max_picture_bytes=200_000))
    with TestClient(create_app(services, ApiConfig(), front)) as client:
        yield Browser(client)


def bomb() -> bytes:
    held = io.BytesIO()
    Image.new("1", (40_000, 30_000)).save(held, "PNG")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "status", "word"),
    [
        (b"<script>alert(1)</script>", 422, "not a picture"),
        (b"", 422, "not a picture"),
        (picture()[:-30], 422, "damaged"),
        (bomb(), 422, "unpacks"),
        (b"\x89PNG" + bytes(200_000), 413, "more than 200000 bytes"),
    ],
    ids=["script", "nothing", "cut", "bomb", "too large"],
)
def test_what_cannot_be_used_is_refused_with_a_word_and_the_old_one_stays(
    small_limit: Browser, content: bytes, status: int, word: str
) -> None:
    small_limit.register("Ann")
    choose(small_limit, picture())
    before = address(small_limit)
    answer = choose(small_limit, content)
    assert answer.status_code == status
    assert word in answer.json()["detail"]
    assert address(small_limit) == before


def test_only_its_owner_changes_it(browser: Browser, other_browser: Browser) -> None:
    browser.register("Ann")
    choose(browser, picture())
    assert choose(other_browser, picture("blue")).status_code == 401
    assert other_browser.send("DELETE", "/me/picture").status_code == 401
    other_browser.register("Bob")
    assert choose(other_browser, picture(), **{"X-CSRF-Token": "x"}).status_code == 403
    assert choose(other_browser, picture(), Origin="https://evil.example").status_code == 403
    other_browser.send("DELETE", "/me/picture")
    assert browser.client.get(address(browser) or "").status_code == 200


@pytest.mark.parametrize("query", ["", "name=Ann", "name=Ann&hash=x", "name=&hash=" + "0" * 64])
def test_an_address_that_is_none_is_refused(browser: Browser, query: str) -> None:
    assert browser.client.get(f"{API}/accounts/picture?{query}").status_code == 422
