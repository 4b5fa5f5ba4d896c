"""What a person does on the pages, by the names they see."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from uuid import uuid4

from playwright.sync_api import ConsoleMessage, Locator, Page, Response, expect

from tests.web.browsers import TIMEOUT_MS

PASSWORD = "correct horse battery"
POLL_MS = 50
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


def film_of_card(page: Page) -> str:
    """The film whose card is open, by the address."""
    film = re.compile(r"[?&]film=([^&]+)")
    expect(page).to_have_url(film)
    found = film.search(page.url)
    assert found is not None
    return found[1]


def stars(within: Locator, n: float) -> Locator:
    """To be clicked: the radio button itself lies under the drawing."""
    return within.locator(f"label:has(input[value='{n:g}'])").first


def rate(within: Locator, n: float) -> None:
    """By the mouse; returns when the server has it."""
    with saved(within.page):
        stars(within, n).click()


@contextmanager
def saved(page: Page) -> Iterator[None]:
    """What is done inside writes something about a film: waits for the server's word on it."""
    with page.expect_response(_is_write):
        yield


def _is_write(answer: Response) -> bool:
    return answer.request.method == "PUT" and "/api/v1/me/items/" in answer.url


def wait_until(page: Page, script: str, arg: object = None) -> None:
    """Until the script says so. Playwright's own `wait_for_function` breaks the pages' policy."""
    deadline_s = monotonic() + TIMEOUT_MS / 1000
    while not page.evaluate(script, arg):
        assert monotonic() < deadline_s, f"never: {script}"
        page.wait_for_timeout(POLL_MS)


def expect_focus_on(page: Page, film: str) -> None:
    """On a poster of that film."""
    expect(page.locator("a.poster:focus")).to_have_attribute("data-film", film)
