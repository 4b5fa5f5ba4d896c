"""Search with suggestions, and filters that live in the address."""

from playwright.sync_api import Page, expect


def test_suggestions_come_while_typing_and_forgive_a_typo(page: Page) -> None:
    page.goto("/films")
    field = page.get_by_role("combobox", name="Search films")
    field.press_sequentially("matrx")
    expect(page.get_by_role("option", name="The Matrix 1999")).to_be_visible()
    field.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_genre_is_suggested_and_leads_to_its_films(page: Page) -> None:
    page.goto("/films")
    page.get_by_role("combobox", name="Search films").fill("west")
    page.get_by_role("option", name="Western").click()
    page.wait_for_url("**/films?genre=Western")
    expect(page.get_by_text("167 films")).to_be_visible()


def test_enter_leads_to_all_results_and_nothing_found_says_so(page: Page) -> None:
    page.goto("/")
    field = page.get_by_role("combobox", name="Search films")
    field.fill("toy story")
    field.press("Enter")
    page.wait_for_url("**/films?q=toy%20story")
    expect(page.locator("main [data-film='1']")).to_be_visible()
    field.fill("qqqqqqqq")
    expect(page.get_by_text("Nothing is called “qqqqqqqq”")).to_be_visible()


def test_filters_are_in_the_address_and_one_button_clears_them(page: Page) -> None:
    page.goto("/films")
    genre = page.get_by_role("complementary").get_by_role("button", name="Horror")
    expect(genre).to_contain_text("978")
    genre.click()
    expect(genre).to_contain_text("any")
    expect(page.get_by_role("status").filter(has_text="978 films")).to_be_visible()
    page.get_by_role("complementary").get_by_role("button", name="Comedy").click()
    page.get_by_role("complementary").get_by_role("button", name="Comedy").click()
    page.wait_for_url("**/films?genre=Horror&genre_all=Comedy")
    expect(page.get_by_role("status").filter(has_text="187 films")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page.get_by_role("status").filter(has_text="978 films")).to_be_visible()
    page.get_by_role("button", name="Clear all").click()
    expect(page.get_by_text("9,742 films")).to_be_visible()


def test_a_shared_view_opens_as_it_was(page: Page) -> None:
    page.goto("/films?genre_none=Drama&year_from=1990&year_to=1999&min_ratings=100&sort=title")
    expect(page.get_by_label("Order")).to_have_value("title")
    expect(page.get_by_role("spinbutton", name="from").first).to_have_value("1990")
    expect(page.get_by_role("button", name="Drama must not")).to_be_visible()


def test_no_film_fits(page: Page) -> None:
    page.goto("/films?year_from=1880&year_to=1881")
    expect(page.get_by_text("No film fits")).to_be_visible()
