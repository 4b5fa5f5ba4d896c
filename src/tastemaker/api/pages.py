"""The pages for people, served by the same process as the API."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import structlog
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from tastemaker.api.page_files import PageFile, read_page_files
from tastemaker.api.page_links import MANIFEST, PATHS, PageLinks
from tastemaker.core.errors import NotFound

log = structlog.get_logger(__name__)

BUILT_PAGES = Path(__file__).parent / "static"
_SHELL = "index.html"
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none';"
    " frame-ancestors 'none'; form-action 'self'; img-src 'self' data:",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Encoding",
}
_ASK_AGAIN = "no-cache"
# The name of an asset holds the hash of its content, so that it never changes under its name.
_FOR_GOOD = "public, max-age=31536000, immutable"


def built_pages(folder: Path = BUILT_PAGES) -> "Pages | None":
    """None where the pages are not built."""
    files = read_page_files(folder)
    if _SHELL in files:
        return Pages(files)
    log.warning("no pages, the API alone", next_step="in a checkout: make web", folder=str(folder))
    return None


class Pages:
    def __init__(self, files: Mapping[str, PageFile]) -> None:
        self._files = files
        manifest = files.get(MANIFEST)
        self._links = PageLinks(None if manifest is None else manifest.best_for("").content)

    def install(self, app: FastAPI) -> None:
        """To be called before other routes claim `/`."""
        # Each of them is the same shell, which reads the address.
        for path in ("/", *PATHS):
            app.add_route(path, partial(self.shell, path), include_in_schema=False)
        app.add_route("/assets/{name}", self.asset, include_in_schema=False)

    def install_unknown(self, app: FastAPI) -> None:
        """To be called after all other routes: a mistyped page gets a page that says so."""
        app.add_route("/{page}", self.unknown, include_in_schema=False)

    async def shell(self, path: str, request: Request) -> Response:
        """path: of the route."""
        answer = _answer(request, self._files[_SHELL], _ASK_AGAIN)
        item_id = request.path_params.get("item_id", "")
        answer.headers["Link"] = self._links.of(path, item_id)
        return answer

    async def unknown(self, request: Request) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            raise NotFound("There is nothing here", where=request.url.path, next_step="See /docs.")
        return _answer(request, self._files[_SHELL], _ASK_AGAIN, status=404)

    async def asset(self, request: Request) -> Response:
        file = self._files.get(f"assets/{request.path_params['name']}")
        if file is None:
            raise NotFound(
                "There is no such file",
                where=request.url.path,
                next_step="Load the page again: it may be of an older version.",
            )
        return _answer(request, file, _FOR_GOOD)


def _answer(request: Request, file: PageFile, cache_control: str, status: int = 200) -> Response:
    encoded = file.best_for(request.headers.get("accept-encoding", ""))
    headers = _HEADERS | {"Cache-Control": cache_control, "ETag": encoded.etag}
    known = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if status == 200 and encoded.etag in known:
        return Response(status_code=304, headers=headers)
    if encoded.content_encoding is not None:
        headers["Content-Encoding"] = encoded.content_encoding
    return Response(encoded.content, status, headers, file.media_type)
