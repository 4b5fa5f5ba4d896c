"""Signed out everything can be read and nothing written."""

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.web.visitor import PASSWORD, open_card, sign_in, sign_up


def test_every_control_that_writes_says_sign_in(page: Page) -> None:
    page.goto("/")
    dialog = open_card(page)
    for name in (
        "Sign in to rate",
        "Sign in to mark it watched",
        "Sign in to list it",
        "Sign in to save",
    ):
        expect(dialog.get_by_role("button", name=name)).to_be_visible()
    expect(dialog.get_by_text("Sign in to write a review")).to_be_visible()


def test_signing_in_leads_back_to_the_same_place(page: Page) -> None:
    page.goto("/films?genre=Horror")
    name = sign_up(page)
    page.get_by_role("button", name=f"Account of {name}").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("button", name="Sign in")).to_be_visible()
    page.goto("/films?genre=Horror&film=1")
    page.get_by_role("button", name="Sign in to rate").click()
    sign_in(page, name)
    expect(page.get_by_role("dialog", name="Toy Story")).to_be_visible()
    expect(page.get_by_role("radiogroup", name="Your rating")).to_be_visible()
    expect(page).to_have_url("/films?genre=Horror&film=1")


@pytest.mark.parametrize("path", ["/profile", "/welcome", "/operate"])
def test_pages_of_members_ask_to_sign_in(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_role("main").get_by_role("button", name="Sign in")).to_be_visible()


def test_a_wrong_password_says_so_and_keeps_the_name(page: Page) -> None:
    page.goto("/films")
    page.get_by_role("banner").get_by_role("button", name="Sign in").click()
    sign_in(page, "nobody-of-this-name", PASSWORD)
    expect(page.get_by_role("alert")).not_to_be_empty()
    expect(page.get_by_label("Name")).to_have_value("nobody-of-this-name")


def test_the_server_refuses_as_well(address: str) -> None:
    for method, path in (
        ("PUT", "/api/v1/me/items/1"),
        ("POST", "/api/v1/me/dismissed"),
        ("PATCH", "/api/v1/me"),
    ):
        answer = httpx2.request(method, address + path, json={"item_id": "1"})
        assert answer.status_code == 401
