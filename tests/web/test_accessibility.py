"""No violation that axe knows, on every route and dialog, in both colour schemes."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.visitor import home_as_member, open_card, rate, sign_up

ROUTES = ["/", "/films", "/film/1", "/together", "/profile", "/nothing-here"]
TABS = ["rated", "reviewed", "watchlist", "watched", "taste", "carry", "settings"]


def assert_accessible(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("path", ROUTES)
def test_routes_signed_out(page: Page, path: str, scheme: Literal["dark", "light"]) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(path)
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_pages_of_members(page: Page, scheme: Literal["dark", "light"]) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    name = home_as_member(page)
    rate(open_card(page), 4)
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Account of {name}").click()
    page.get_by_role("button", name="Switch account").click()
    expect(page.get_by_role("button", name="Add account")).to_be_visible()
    assert_accessible(page)
    for path in ["/welcome", *(f"/profile?tab={tab}" for tab in TABS)]:
        page.goto(path)
        assert_accessible(page)


@pytest.mark.parametrize("query", ["?film=1", "?account=sign-in", "?account=register", "?help=1"])
def test_dialogs(page: Page, query: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"/films{query}")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_accessible(page)


def test_suggestions(page: Page) -> None:
    page.goto("/films")
    page.get_by_role("combobox", name="Search films").fill("star")
    expect(page.get_by_role("option").first).to_be_visible()
    assert_accessible(page)


def test_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/films")
    sign_up(page)
    page.get_by_role("button", name="Filters").click()
    expect(page.get_by_role("complementary")).to_be_visible()
    assert_accessible(page)
