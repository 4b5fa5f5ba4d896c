"""Posters from an outside API over real HTTP, and designed ones where it misbehaves."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flow.server import running
from tests.unit.pictures.outside import Outside, Reply, outside_api, well_behaved
from tests.web.browsers import new_visit
from tests.web.settings import write_settings


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    with outside_api() as outside:
        yield outside


@pytest.fixture(scope="module")
def server_with_pictures(
    home: Path, outside: Outside, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a server with the models of the other one, which forgives at once."""
    with _running(tmp_path_factory.mktemp("pictures"), home, outside, "pause_s = 0.001") as address:
        yield address


@contextmanager
def _running(folder: Path, home: Path, outside: Outside, more: str = "") -> Iterator[str]:
    own = shutil.copytree(home, folder / "home", ignore=shutil.ignore_patterns("*.db*"))
    lines = f'tmdb_key = "0123456789"\napi_url = "{outside.url}/3"\nimage_url = "{outside.url}/t/p"'
    write_settings(folder, pictures=f"{lines}\n{more}")
    with running(Path(own)) as server:
        yield server.address


@contextmanager
def _visitor(browser: Browser, address: str) -> Iterator[Page]:
    with new_visit(browser, address) as context:
        yield context.new_page()


@pytest.fixture
def visitor(browser: Browser, server_with_pictures: str, outside: Outside) -> Iterator[Page]:
    outside.reply = well_behaved
    with _visitor(browser, server_with_pictures) as page:
        yield page


def assert_complete_without_pictures(page: Page, title: str) -> None:
    expect(page.locator(".picture .title")).to_have_text(title)
    expect(page.get_by_text("Nobody has described this film yet")).to_be_visible()
    expect(page.locator(".picture img")).to_have_count(0)


def test_a_poster_and_a_description_come_through_the_server(visitor: Page) -> None:
    visitor.goto("/?film=1")
    dialog = visitor.get_by_role("dialog", name="Toy Story")
    expect(dialog.locator(".art img.loaded")).to_be_attached()
    expect(dialog.get_by_text("A toy is jealous.")).to_be_visible()
    expect(visitor.get_by_role("contentinfo")).to_contain_text("TMDB")
    sources = visitor.locator("img").evaluate_all("all => all.map(img => new URL(img.src).origin)")
    assert set(sources) == {visitor.evaluate("location.origin")}


@pytest.mark.parametrize(
    ("item_id", "title", "absurd"),
    [
        # No page but their own shows these, so that nothing is known of them yet.
        ("77", "Nico Icon", Reply(500)),
        ("149", "Amateur", Reply(content=b"<html>Not a picture</html>")),
        ("202", "Total Eclipse", Reply(content=b'{"poster_path": [1, 2], "overview": {}}')),
    ],
    ids=["broken", "not a picture", "not a film"],
)
def test_the_page_is_complete_all_the_same(
    visitor: Page, outside: Outside, item_id: str, title: str, absurd: Reply
) -> None:
    outside.reply = lambda _: absurd
    visitor.goto(f"/film/{item_id}")
    assert_complete_without_pictures(visitor, title)


def test_an_outside_that_asks_for_patience_is_left_alone(
    browser: Browser, home: Path, outside: Outside, tmp_path: Path
) -> None:
    outside.reply = lambda _: Reply(429, Retry_After="60")
    with _running(tmp_path, home, outside) as address, _visitor(browser, address) as page:
        page.goto("/film/1")
        assert_complete_without_pictures(page, "Toy Story")
        n_asked = len(outside.asked)
        page.goto("/film/2")
        assert_complete_without_pictures(page, "Jumanji")
        assert len(outside.asked) == n_asked


def test_a_film_whose_picture_is_not_one_keeps_its_designed_poster(
    visitor: Page, outside: Outside
) -> None:
    outside.reply = lambda path: (
        well_behaved(path) if path.startswith("/3/") else Reply(content=b"GIF89a nonsense")
    )
    with visitor.expect_response("**/pictures/5/poster/*") as answered:
        visitor.goto("/film/5")
    assert answered.value.status == 404
    expect(visitor.locator(".picture img")).to_have_count(0)
    expect(visitor.locator(".picture .title")).to_be_visible()
