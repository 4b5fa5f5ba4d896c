"""From a small phone to a wide screen: nothing sticks out sideways."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.complete import open_complete
from tests.web.visitor import become_member, wait_until

WIDTHS = [360, 390, 768, 1280, 2560]
PATHS = ["/", "/films", "/film/1", "/together", "/films?film=1", "/films?account=register"]


@pytest.mark.parametrize("path", PATHS)
def test_no_page_scrolls_sideways(page: Page, path: str) -> None:
    page.set_viewport_size({"width": WIDTHS[0], "height": 844})
    open_complete(page, path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        wait_until(page, "document.documentElement.scrollWidth <= innerWidth")


def test_search_on_a_phone_takes_the_header(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/films")
    field = page.get_by_role("combobox", name="Search films")
    field.click()
    field.press_sequentially("toy")
    expect(page.get_by_role("option").first).to_be_in_viewport()
    wait_until(page, "document.activeElement.getBoundingClientRect().width > 300")


def test_the_chosen_tab_of_a_profile_is_on_the_screen(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    become_member(page)
    page.goto("/profile?tab=settings")
    chosen = page.get_by_role("navigation", name="My profile").get_by_role("link", name="Settings")
    expect(chosen).to_be_in_viewport(ratio=1)


def test_targets_are_large_enough(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/?film=1")
    expect(page.get_by_role("dialog", name="Toy Story")).to_be_visible()
    expect(page.get_by_role("link", name="TMDB")).to_be_visible()
    small = page.locator("dialog button:visible, dialog a:visible").evaluate_all(
        "all => all.filter(e => e.getBoundingClientRect().height < 24).map(e => e.textContent)"
    )
    assert small == []
