"""From a small phone to a wide screen: nothing sticks out sideways."""

import pytest
from playwright.sync_api import Page, expect

PATHS = ["/", "/films", "/film/1", "/together", "/films?film=1", "/films?account=register"]


@pytest.mark.parametrize("width", [360, 390, 768, 1280, 2560])
def test_no_page_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for path in PATHS:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_search_on_a_phone_takes_the_header(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/films")
    field = page.get_by_role("combobox", name="Search films")
    field.click()
    field.press_sequentially("toy")
    expect(page.get_by_role("option").first).to_be_in_viewport()
    box = field.bounding_box()
    assert box is not None
    assert box["width"] > 300


def test_targets_are_large_enough(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/?film=1")
    expect(page.get_by_role("dialog", name="Toy Story")).to_be_visible()
    small = page.locator("dialog button:visible, dialog a:visible").evaluate_all(
        "all => all.filter(e => e.getBoundingClientRect().height < 24).map(e => e.textContent)"
    )
    assert small == []
