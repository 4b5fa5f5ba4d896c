"""A real server and a real browser. Skipped with a reason where either is missing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tastemaker.api.pages import BUILT_PAGES
from tests.flow.made_once import made_once
from tests.flow.server import running
from tests.web.browsers import chromium_path, new_visit
from tests.web.settings import write_settings
from tests.web.visitor import Trouble, watch


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine")
    if not (BUILT_PAGES / "index.html").exists():
        pytest.skip("the pages are not built: make web")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Of the server whose address is `address`: a copy of one that a first start has made."""
    folder = tmp_path_factory.mktemp("web")
    made = made_once("web-made", _start_once, tmp_path_factory, worker_id)
    write_settings(folder)
    return shutil.copytree(made / "home", folder / "home")


def _start_once(folder: Path) -> None:
    write_settings(folder)
    with running(folder / "home") as server:
        server.stop()


@pytest.fixture(scope="package")
def address(home: Path) -> Iterator[str]:
    """Of a server on the bundled data, without pictures."""
    with running(home) as server:
        yield server.address


@pytest.fixture
def trouble() -> Trouble:
    return Trouble()


@pytest.fixture
def page(browser: Browser, address: str, trouble: Trouble) -> Iterator[Page]:
    """A fresh visitor. The test fails where a script of the pages does."""
    context = new_visit(browser, address)
    page = context.new_page()
    watch(page, trouble)
    yield page
    context.close()
    assert not trouble.of_scripts
