"""Signing in and out over HTTP, several accounts on one device, and who may write."""

import pytest

from tastemaker.accounts.registry import make_admin
from tastemaker.api.storefront import Storefront
from tests.unit.api.storefront import API, PASSWORD, Browser


def test_registering_signs_in_and_signing_out_ends_it(browser: Browser) -> None:
    assert browser.get("/me") == {"signed_in": False, "csrf_token": None, "account": None}
    account = browser.register("Анна 🦊", language="ru")
    me = browser.get("/me")
    assert me["account"] == account
    assert (account["initial"], account["language"]) == ("А", "ru")
    assert account["user_id"].startswith("a:")
    assert browser.send("DELETE", "/sessions/active").json()["signed_in"] is False
    assert browser.get("/me")["account"] is None


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    answer = browser.send("POST", "/accounts", {"name": "Ann", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/me/items/3", {"rating": 4.0}),
        ("POST", "/me/dismissed", {"item_id": "3"}),
        ("DELETE", "/me/dismissed/3", None),
        ("PATCH", "/me", {"name": "x"}),
        ("PUT", "/me/password", {"old": "x", "new": "y"}),
        ("DELETE", "/me", {"password": "x"}),
        ("POST", "/me/import", None),
        ("GET", "/me/items?state=rated", None),
        ("GET", "/me/items/3", None),
        ("GET", "/me/taste", None),
        ("GET", "/me/export", None),
        ("GET", "/me/recommendations", None),
        ("PUT", "/sessions/active", {"account_id": "x"}),
        ("DELETE", "/sessions/active", None),
        ("DELETE", "/sessions", None),
        ("GET", "/operate/model", None),
        ("GET", "/operate/users/1/slate", None),
    ],
)
def test_the_signed_out_are_told_to_sign_in(
    browser: Browser, method: str, path: str, body: object
) -> None:
    answer = browser.send(method, path, body)
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:tastemaker:sign-in-first"


def test_everything_can_be_read_signed_out(browser: Browser) -> None:
    for path in ("/items/3", "/items/3/reviews", "/search?q=film", "/config", "/sessions"):
        browser.get(path)


def test_a_write_without_the_pages_token_is_refused(browser: Browser) -> None:
    browser.register("Ann")
    for wrong in ("", "0" * 64, "ü"):
        headers = {b"X-CSRF-Token": wrong.encode()}
        answer = browser.client.put(f"{API}/me/items/3", json={"rating": 4.0}, headers=headers)
        assert answer.status_code == 403
    assert browser.get("/me/items/3")["rating"] is None
    browser.save("3", rating=4.0)


def test_a_write_from_a_page_of_another_site_is_refused(browser: Browser) -> None:
    foreign = {"Origin": "https://evil.example"}
    credentials = {"name": "Ann", "password": PASSWORD}
    assert browser.send("POST", "/accounts", credentials, headers=foreign).status_code == 403
    browser.register("Ann")
    refused = browser.send("PUT", "/me/items/3", {"rating": 4.0}, headers=foreign)
    assert refused.status_code == 403
    own = {"Origin": "http://testserver"}
    assert browser.send("PUT", "/me/items/3", {"rating": 4.0}, headers=own).status_code == 200


def test_two_accounts_on_one_device_and_a_switch(browser: Browser) -> None:
    ann = browser.register("Ann")
    bob = browser.register("Bob")
    browser.save("3", rating=1.0)
    assert [(one["name"], one["active"]) for one in browser.get("/sessions")] == [
        ("Ann", False),
        ("Bob", True),
    ]
    assert browser.switch(ann["account_id"])["name"] == "Ann"
    assert browser.get("/me/items/3")["rating"] is None
    browser.switch(bob["account_id"])
    assert browser.get("/me/items/3")["rating"] == 1.0


def test_a_stranger_cannot_be_switched_to(browser: Browser, other_browser: Browser) -> None:
    bob = other_browser.register("Bob")
    browser.register("Ann")
    answer = browser.send("PUT", "/sessions/active", {"account_id": bob["account_id"]})
    assert answer.status_code == 404
    assert browser.get("/me")["account"]["name"] == "Ann"


def test_signing_out_everywhere_ends_it_on_other_devices(
    browser: Browser, other_browser: Browser
) -> None:
    browser.register("Ann")
    other_browser.sign_in("Ann")
    assert browser.send("DELETE", "/sessions?everywhere=true").status_code == 204
    assert other_browser.get("/me")["signed_in"] is False


def test_signing_all_out_empties_the_device_alone(browser: Browser, other_browser: Browser) -> None:
    browser.register("Ann")
    browser.register("Bob")
    other_browser.sign_in("Ann")
    assert browser.send("DELETE", "/sessions").status_code == 204
    assert browser.get("/sessions") == []
    assert other_browser.get("/me")["signed_in"] is True


def test_a_wrong_password_waits_after_some_tries(browser: Browser) -> None:
    browser.register("Ann")
    guess = {"name": "Ann", "password": "guess"}
    statuses = [browser.send("POST", "/sessions", guess).status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
    refused = browser.send("POST", "/sessions", guess)
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert refused.headers["content-type"] == "application/problem+json"


def test_a_new_password_signs_out_the_other_devices(
    browser: Browser, other_browser: Browser
) -> None:
    browser.register("Ann")
    other_browser.sign_in("Ann")
    change = {"old": PASSWORD, "new": "another one"}
    assert browser.send("PUT", "/me/password", change).status_code == 204
    assert browser.get("/me")["signed_in"] is True
    assert other_browser.get("/me")["signed_in"] is False
    again = other_browser.send("POST", "/sessions", {"name": "Ann", "password": PASSWORD})
    assert again.status_code == 401


def test_the_old_password_cannot_be_guessed_through_its_change(browser: Browser) -> None:
    browser.register("Ann")
    guess = {"old": "guess", "new": "another one"}
    statuses = [browser.send("PUT", "/me/password", guess).status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]


def test_a_profile_takes_genres_the_catalogue_has(browser: Browser) -> None:
    browser.register("Ann")
    changed = browser.send("PATCH", "/me", {"favourite_genres": ["Comedy"], "language": "ru"})
    assert changed.json()["account"]["favourite_genres"] == ["Comedy"]
    wrong = browser.send("PATCH", "/me", {"favourite_genres": ["Cooking"]})
    assert wrong.status_code == 422
    assert browser.get("/me")["account"]["favourite_genres"] == ["Comedy"]


def test_erasing_an_account_needs_its_password_and_leaves_nothing(browser: Browser) -> None:
    user_id = browser.register("Ann")["user_id"]
    browser.save("3", rating=5.0, review="mine")
    assert browser.send("DELETE", "/me", {"password": "guess"}).status_code == 401
    assert browser.send("DELETE", "/me", {"password": PASSWORD}).status_code == 204
    assert browser.get("/me")["signed_in"] is False
    assert browser.get("/items/3/reviews")["items"] == []
    assert browser.get(f"/users/{user_id}/history")["items"] == []
    browser.register("Ann")


def test_a_taken_name_is_a_conflict(browser: Browser, other_browser: Browser) -> None:
    browser.register("Ann")
    answer = other_browser.send("POST", "/accounts", {"name": " ANN ", "password": PASSWORD})
    assert answer.status_code == 409


def test_only_operators_see_the_models_and_other_peoples_slates(
    browser: Browser, front: Storefront
) -> None:
    browser.register("Ann")
    assert browser.send("GET", "/operate/model").status_code == 403
    make_admin(front.registry, "Ann", lambda: PASSWORD)
    model = browser.get("/operate/model")
    assert model["version"] == "v1"
    browser.save("3", rating=5.0)
    user_id = browser.get("/me")["account"]["user_id"]
    stages = browser.get(f"/operate/users/{user_id}/slate?k=5")
    assert [entry["item_id"] for entry in stages["history"]] == ["3"]
    assert stages["n_seen"] == 1
    proposed = {candidate["item_id"] for candidate in stages["candidates"]}
    assert {item["item_id"] for item in stages["slate"]["items"]} <= proposed
    assert "3" not in proposed
