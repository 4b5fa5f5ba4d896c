"""No violation that axe knows, on every route and dialog, in both colour schemes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.complete import open_complete
from tests.web.visitor import home_as_member, open_card, rate, sign_up

ROUTES = ["/", "/films", "/film/1", "/together", "/profile", "/nothing-here"]
DIALOGS = ["?film=1", "?account=sign-in", "?account=register", "?help=1"]
TABS = ["rated", "reviewed", "watchlist", "watched", "taste", "carry", "settings"]


def assert_accessible(page: Page) -> None:
    """The schemes differ in colours alone: in the second one only these are looked at."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = Axe().run(page, options={"runOnly": ["color-contrast"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", ROUTES)
def test_routes_signed_out(page: Page, path: str) -> None:
    open_complete(page, path)
    assert_accessible(page)


def test_the_home_page_of_a_member(page: Page) -> None:
    name = home_as_member(page)
    rate(open_card(page), 4)
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Account of {name}").click()
    page.get_by_role("button", name="Switch account").click()
    expect(page.get_by_role("button", name="Add account")).to_be_visible()
    assert_accessible(page)


def test_pages_of_members(page: Page) -> None:
    home_as_member(page)
    dialog = open_card(page)
    rate(dialog, 4)
    expect(dialog.get_by_role("button", name="Take the rating back")).to_be_visible()
    for path in ["/welcome", *(f"/profile?tab={tab}" for tab in TABS)]:
        open_complete(page, path)
        assert_accessible(page)


@pytest.mark.parametrize("query", DIALOGS)
def test_dialogs(page: Page, query: str) -> None:
    open_complete(page, f"/films{query}")
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
    expect(page.get_by_role("complementary").get_by_role("button").first).to_be_visible()
    assert_accessible(page)
