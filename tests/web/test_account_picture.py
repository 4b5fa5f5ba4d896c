"""The circle shows the picture a person chose, everywhere at once."""

import io

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.web.visitor import become_member


def photo(color: str = "red", size: tuple[int, int] = (1200, 800)) -> FilePayload:
    held = io.BytesIO()
    Image.new("RGB", size, color).save(held, "JPEG")
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()}


def circle(page: Page) -> Locator:
    return page.get_by_role("banner").locator(".face")


def shown(face: Locator) -> str:
    """Address of the picture in a circle, once it is really painted."""
    expect(face.locator("img")).to_have_js_property("naturalWidth", 256)
    return face.locator("img").get_attribute("src") or ""


def expect_picture(face: Locator, address: str) -> None:
    expect(face.locator(f"img[src='{address}']")).to_have_js_property("naturalWidth", 256)


def choose(page: Page, file: FilePayload) -> None:
    page.get_by_label("a picture").or_(page.get_by_label("the picture")).set_input_files(file)


def test_a_picture_is_chosen_changed_and_taken_away_without_a_reload(page: Page) -> None:
    name = become_member(page)
    page.goto("/profile?tab=settings")
    other_tab = page.context.new_page()
    other_tab.goto("/profile?tab=settings")
    expect(circle(other_tab)).to_have_text("A")
    expect(circle(page).locator("img")).to_have_count(0)
    choose(page, photo())
    first = shown(circle(page))
    expect_picture(page.locator("main header .face"), first)
    expect_picture(circle(other_tab), first)
    page.get_by_role("button", name=f"Account of {name}").click()
    page.get_by_role("button", name="Switch account").click()
    expect_picture(page.locator("#account-menu .face"), first)
    page.keyboard.press("Escape")
    choose(page, photo("blue", (300, 900)))
    expect(page.get_by_role("status").get_by_text("Saved").last).to_be_visible()
    expect(circle(page).locator(f"img[src='{first}']")).to_have_count(0)
    assert shown(circle(page)) != first
    page.get_by_role("button", name="Take it away").click()
    expect(circle(page).locator("img")).to_have_count(0)
    expect(circle(other_tab).locator("img")).to_have_count(0)
    expect(circle(page)).to_have_text("A")


def test_it_stands_beside_ones_reviews(page: Page) -> None:
    become_member(page)
    page.goto("/film/1")
    page.get_by_role("textbox", name="Your review").fill("Fine.")
    page.get_by_role("button", name="Save").click()
    face = page.locator("main .face")
    expect(face).to_have_text("A")
    page.goto("/profile?tab=settings")
    choose(page, photo())
    address = shown(circle(page))
    page.goto("/film/1")
    expect_picture(face.first, address)


def test_what_is_no_picture_gets_a_clear_word_and_the_old_one_stays(page: Page) -> None:
    become_member(page)
    page.goto("/profile?tab=settings")
    choose(page, photo())
    address = shown(circle(page))
    choose(page, {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": b"<script>1</script>"})
    expect(page.get_by_text("not a picture")).to_be_visible()
    expect_picture(circle(page), address)


def test_it_can_be_chosen_by_keyboard(page: Page) -> None:
    become_member(page)
    # Listened to before the page is opened: a slow browser shows a key pressed right after the
    # call its own window of files, of which a test is told nothing.
    with page.expect_file_chooser() as chooser:
        page.goto("/profile?tab=settings")
        page.get_by_label("Choose a picture").focus()
        page.keyboard.press("Enter")
    chooser.value.set_files(photo())
    shown(circle(page))
