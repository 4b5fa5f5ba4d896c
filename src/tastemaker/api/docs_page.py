"""The page at /docs, complete without any other server."""

from pathlib import Path

import fastapi_standalone_docs
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

_STATIC = Path(fastapi_standalone_docs.__path__[0]) / "static"


def install_docs_page(app: FastAPI) -> None:
    """The package's own way replaces a function of the framework for the whole process; this one
    takes only its files."""
    app.mount("/docs/swagger", StaticFiles(directory=_STATIC / "swagger"))
    app.mount("/docs/icon", StaticFiles(directory=_STATIC / "fastapi"))
    app.add_route("/docs", _page, include_in_schema=False)
    app.add_route("/", _to_docs, include_in_schema=False)


async def _page(request: Request) -> HTMLResponse:
    root = request.scope.get("root_path", "")
    return get_swagger_ui_html(
        openapi_url=f"{root}/openapi.json",
        title="Tastemaker",
        swagger_js_url=f"{root}/docs/swagger/swagger-ui-bundle.js",
        swagger_css_url=f"{root}/docs/swagger/swagger-ui.css",
        swagger_favicon_url=f"{root}/docs/icon/favicon.png",
    )


async def _to_docs(request: Request) -> RedirectResponse:
    return RedirectResponse(f"{request.scope.get('root_path', '')}/docs")
