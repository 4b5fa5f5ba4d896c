"""Posters from an outside API over real HTTP, and designed ones where it misbehaves."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flow.server import running
from tests.unit.pictures.outside import Outside, Reply, outside_api, well_behaved
from tests.web.settings import write_settings
from tests.web.visitor import TIMEOUT_MS


@pytest.fixture
def outside() -> Iterator[Outside]:
    with outside_api() as outside:
        yield outside


@pytest.fixture
def visitor(
    browser: Browser, address: str, home: Path, outside: Outside, tmp_path: Path
) -> Iterator[Page]:
    """On a server with pictures and the models of the other one."""
    assert address
    folder = shutil.copytree(home, tmp_path / "home", ignore=shutil.ignore_patterns("*.db*"))
    lines = f'tmdb_key = "0123456789"\napi_url = "{outside.url}/3"\nimage_url = "{outside.url}/t/p"'
    write_settings(tmp_path, pictures=lines)
    with running(Path(folder)) as server:
        page = browser.new_page(base_url=server.address, locale="en-US")
        page.set_default_timeout(TIMEOUT_MS)
        yield page
        page.context.close()


def test_a_poster_and_a_description_come_through_the_server(visitor: Page) -> None:
    visitor.goto("/?film=1")
    dialog = visitor.get_by_role("dialog", name="Toy Story")
    expect(dialog.locator(".art img.loaded")).to_be_attached()
    expect(dialog.get_by_text("A toy is jealous.")).to_be_visible()
    expect(visitor.get_by_role("contentinfo")).to_contain_text("TMDB")
    sources = visitor.locator("img").evaluate_all("all => all.map(img => new URL(img.src).origin)")
    assert set(sources) == {visitor.evaluate("location.origin")}


@pytest.mark.parametrize(
    "absurd",
    [
        Reply(429, Retry_After="60"),
        Reply(500),
        Reply(content=b"<html>Not a picture</html>"),
        Reply(content=b'{"poster_path": [1, 2], "overview": {}}'),
    ],
    ids=["too many requests", "broken", "not a picture", "not a film"],
)
def test_the_page_is_complete_all_the_same(visitor: Page, outside: Outside, absurd: Reply) -> None:
    outside.reply = lambda _: absurd
    visitor.goto("/film/1")
    expect(visitor.locator(".picture .title")).to_have_text("Toy Story")
    expect(visitor.locator(".picture img")).to_have_count(0)
    expect(visitor.get_by_text("Nobody has described this film yet")).to_be_visible()


def test_a_film_whose_picture_is_not_one_keeps_its_designed_poster(
    visitor: Page, outside: Outside
) -> None:
    outside.reply = lambda path: (
        well_behaved(path) if path.startswith("/3/") else Reply(content=b"GIF89a nonsense")
    )
    visitor.goto("/film/1")
    expect(visitor.get_by_text("A toy is jealous.")).to_be_visible()
    expect(visitor.locator(".picture img")).to_have_count(0)
    expect(visitor.locator(".picture .title")).to_be_visible()
