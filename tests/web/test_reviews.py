"""Reviews: written once, shown everywhere, never lost and never executed."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.visitor import become_member, sign_in

NASTY = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"

PASTE_10_MB = """field => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'word '.repeat(2 * 2 ** 20));
    const options = { clipboardData, bubbles: true, cancelable: true };
    field.dispatchEvent(new ClipboardEvent('paste', options));
}"""


@pytest.mark.parametrize("text", ["Even better 🎬🍿 twice", "سينما רائع, in both ways", NASTY])
def test_a_review_is_shown_as_written(page: Page, text: str) -> None:
    become_member(page)
    page.goto("/film/2")
    page.get_by_role("textbox", name="Your review").fill(text)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("listitem").filter(has_text=text[:12]).last).to_contain_text(text)
    assert page.title() != "taken"


def test_a_review_is_changed_and_deleted_by_its_author(page: Page) -> None:
    become_member(page)
    page.goto("/film/3")
    page.get_by_role("textbox", name="Your review").fill("At first I liked it.")
    page.get_by_role("button", name="Save").click()
    mine = page.get_by_role("listitem").filter(has=page.get_by_text("you", exact=True))
    expect(mine).to_contain_text("At first")
    page.get_by_role("textbox", name="Your review").fill("On second thought, no.")
    page.get_by_role("button", name="Save").click()
    expect(mine).to_contain_text("On second thought")
    expect(mine).to_contain_text("edited")
    mine.get_by_role("button", name="Delete the review").click()
    expect(mine).to_have_count(0)


def test_a_double_press_saves_once(page: Page) -> None:
    become_member(page)
    page.goto("/film/4")
    page.get_by_role("textbox", name="Your review").fill("Pressed twice")
    page.get_by_role("button", name="Save").dblclick()
    expect(page.get_by_text("Pressed twice").last).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Pressed twice")).to_have_count(1)


def test_a_session_that_ends_in_the_middle_keeps_the_text(page: Page) -> None:
    name = become_member(page)
    page.goto("/film/5")
    page.get_by_role("textbox", name="Your review").fill("Half a thought")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    sign_in(page, name)
    expect(page.get_by_role("button", name=f"Account of {name}")).to_be_visible()
    expect(page.get_by_role("textbox", name="Your review")).to_have_value("Half a thought")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("listitem").filter(has_text="Half a thought")).to_have_count(1)


def test_ten_megabytes_are_refused_in_words_and_nothing_is_lost(page: Page) -> None:
    become_member(page)
    page.goto("/film/6")
    review = page.get_by_role("textbox", name="Your review")
    review.fill("Mine. ")
    review.evaluate(PASTE_10_MB)
    expect(page.get_by_text("characters too many")).to_be_visible()
    expect(review).to_have_value("Mine. ")


def test_a_review_a_little_too_long_says_by_how_much_and_is_not_sent(page: Page) -> None:
    become_member(page)
    page.goto("/film/6")
    review = page.get_by_role("textbox", name="Your review")
    review.fill("x" * 10_003)
    expect(page.get_by_text("3 characters too many")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("No reviews yet")).to_be_visible()
    review.fill("x" * 9_999)
    expect(page.get_by_text("characters too many")).to_have_count(0)
