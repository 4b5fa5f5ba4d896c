"""What a person does on the pages, by the names they see."""

from dataclasses import dataclass, field
from uuid import uuid4

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

PASSWORD = "correct horse battery"
TIMEOUT_MS = 15_000
expect.set_options(timeout=TIMEOUT_MS)


@dataclass
class Trouble:
    """Errors of the pages' own scripts and breaches of their security policy."""

    of_scripts: list[str] = field(default_factory=list)


def watch(page: Page, trouble: Trouble) -> None:
    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            trouble.of_scripts.append(message.text)

    page.on("console", on_console)
    page.on("pageerror", lambda error: trouble.of_scripts.append(str(error)))


def sign_up(page: Page) -> str:
    """A new account through the dialog; answers its name. The page stays where it is."""
    name = f"Anna {uuid4().hex[:8]}"
    page.get_by_role("banner").get_by_role("button", name="Sign in").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Create an account").click()
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.locator("button.primary").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name=f"Account of {name}")).to_be_visible()
    return name


def become_member(page: Page) -> str:
    """A new account without the dialog, before the first page is opened; answers its name."""
    name = f"Anna {uuid4().hex[:8]}"
    answer = page.request.post("/api/v1/accounts", data={"name": name, "password": PASSWORD})
    assert answer.status == 201
    return name


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fills the dialog that is open."""
    dialog = page.get_by_role("dialog", name="Sign in")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Password", exact=True).fill(password)
    dialog.locator("button.primary").click()


def home_as_member(page: Page) -> str:
    """The home page of a new account, past the welcome."""
    name = become_member(page)
    page.goto("/")
    expect(row(page, "For you").get_by_role("link").first).to_be_visible()
    return name


def row(page: Page, label: str) -> Locator:
    return page.get_by_role("list", name=label, exact=True)


def open_card(page: Page, at: int = 0) -> Locator:
    row(page, "Trending").get_by_role("link").nth(at).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text("ratings").first).to_be_visible()
    return page.get_by_role("dialog")


def rate(dialog: Locator, stars: float) -> None:
    """By the mouse: the radio button itself lies under the drawing."""
    dialog.locator(f"label:has(input[value='{stars:g}'])").first.click()


def active_film(page: Page) -> str | None:
    """The film whose poster has the focus."""
    film: str | None = page.evaluate("document.activeElement.dataset.film ?? null")
    return film
