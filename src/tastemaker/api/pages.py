"""The pages for people, served by the same process as the API."""

from collections.abc import Mapping
from pathlib import Path

import structlog
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from tastemaker.api.page_files import PageFile, read_page_files
from tastemaker.core.errors import NotFound

log = structlog.get_logger(__name__)

BUILT_PAGES = Path(__file__).parent / "static"
_SHELL = "index.html"
# As in web/src/routing/routes.ts: each of them is the same shell, which reads the address.
_PAGES = ("/films", "/film/{item_id:path}", "/profile", "/welcome", "/together", "/operate")
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none';"
    " frame-ancestors 'none'; form-action 'self'; img-src 'self' data:",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Encoding",
}
_ASK_AGAIN = "no-cache"
# As in web/src/home/Home.svelte: asked for while the scripts are still on their way.
_TRENDING = {"Link": "</api/v1/popular?k=20>; rel=preload; as=fetch; crossorigin"}
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

    def install(self, app: FastAPI) -> None:
        """To be called before other routes claim `/`."""
        app.add_route("/", self.home, include_in_schema=False)
        for path in _PAGES:
            app.add_route(path, self.shell, include_in_schema=False)
        app.add_route("/assets/{name}", self.asset, include_in_schema=False)

    def install_unknown(self, app: FastAPI) -> None:
        """To be called after all other routes: a mistyped page gets a page that says so."""
        app.add_route("/{page}", self.unknown, include_in_schema=False)

    async def home(self, request: Request) -> Response:
        answer = await self.shell(request)
        answer.headers.update(_TRENDING)
        return answer

    async def shell(self, request: Request) -> Response:
        return _answer(request, self._files[_SHELL], _ASK_AGAIN)

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
