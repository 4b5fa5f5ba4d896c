"""The built pages over HTTP: encodings, caching, addresses."""

import gzip
import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tastemaker.api.pages import built_pages
from tastemaker.api.problem import install_problems

SHELL = "<!doctype html><title>Tastemaker</title>"
SCRIPT = "export const one = 1;"

MANIFEST = {
    "index.html": {"file": "assets/store-1a2b.js", "isEntry": True},
    "_shared.js": {"file": "assets/shared-5e.js", "imports": ["index.html", "_shared.js"]},
    "src/films/FilmPage.svelte": {
        "file": "assets/film-3c.js",
        "css": ["assets/film-4d.css"],
        "imports": ["index.html", "_shared.js"],
    },
}
FILM_CODE = ("/assets/film-3c.js", "/assets/film-4d.css", "/assets/shared-5e.js")


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(SHELL)
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    (tmp_path / "assets" / "store-1a2b.js").write_text(SCRIPT)
    (tmp_path / "assets" / "store-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    pages = built_pages(tmp_path)
    assert pages is not None
    app = FastAPI()
    install_problems(app)
    pages.install(app)
    app.add_api_route("/api/v1/things", lambda: {"things": []})
    pages.install_unknown(app)
    return TestClient(app)


@pytest.mark.parametrize(
    "path", ["/", "/films?genre=Drama", "/film/1", "/film/a%2Fb", "/profile", "/operate"]
)
def test_every_page_is_the_shell_and_asked_for_again(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.text == SHELL
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/", ["/api/v1/popular?k=20", "/api/v1/config", "/api/v1/me"]),
        ("/film/a%2Fb%20%C3%A9(1)", ["/api/v1/items/a%2Fb%20%C3%A9(1)", *FILM_CODE]),
        ("/film/1%3E;%20rel=%22x", ["/api/v1/items/1%3E%3B%20rel%3D%22x", *FILM_CODE]),
        ("/operate", ["/api/v1/me"]),
    ],
)
def test_a_page_tells_what_it_will_ask_for(client: TestClient, path: str, asked: list[str]) -> None:
    link = client.get(path).headers["link"]
    assert [address for address in asked if f"<{address}>" not in link] == []
    assert "store-1a2b.js" not in link
    assert ("popular" in link) == (path == "/")


def test_what_the_browser_has_is_not_sent_again(client: TestClient) -> None:
    etag = client.get("/").headers["etag"]
    again = client.get("/films", headers={"If-None-Match": f'"other", {etag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert client.get("/", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("br, gzip", "gzip"), ("gzip;q=0.5", "gzip"), ("gzip;q=0", None), ("", None), ("br", None)],
)
def test_the_smallest_encoding_the_client_reads(
    client: TestClient, accepted: str, encoding: str | None
) -> None:
    answer = client.get("/assets/store-1a2b.js", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.text == SCRIPT
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "Accept-Encoding"


def test_each_encoding_has_an_etag_of_its_own(client: TestClient) -> None:
    tags = {
        client.get("/assets/store-1a2b.js", headers={"Accept-Encoding": accepted}).headers["etag"]
        for accepted in ("gzip", "identity")
    }
    assert len(tags) == 2


@pytest.mark.parametrize(
    "path", ["/assets/gone.js", "/assets/store-1a2b.js.gz", "/assets/..%2Findex.html"]
)
def test_files_that_are_not_there_are_problems(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_mistyped_address_is_a_page_for_people_and_a_problem_for_machines(
    client: TestClient,
) -> None:
    for_people = client.get("/nothing", headers={"Accept": "text/html"})
    assert (for_people.status_code, for_people.text) == (404, SHELL)
    for_machines = client.get("/nothing", headers={"Accept": "application/json"})
    assert for_machines.headers["content-type"] == "application/problem+json"


def test_the_api_keeps_its_addresses(client: TestClient) -> None:
    assert client.get("/api/v1/things").json() == {"things": []}
    assert client.post("/api/v1/things").status_code == 405


def test_pages_that_are_not_built_are_not_there(tmp_path: Path) -> None:
    assert built_pages(tmp_path) is None
