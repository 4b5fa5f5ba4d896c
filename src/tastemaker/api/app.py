"""The application: routes, errors and limits put together."""

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Lifespan, Receive, Scope, Send

from tastemaker.api import (
    feedback,
    genres,
    interactions,
    items,
    operations,
    recommendations,
    retrain,
    shared_slates,
    user_history,
)
from tastemaker.api.api_config import ApiConfig, refuse_open_writes
from tastemaker.api.catalogue_index import CatalogueIndex
from tastemaker.api.docs_page import install_docs_page
from tastemaker.api.event import Event
from tastemaker.api.feedback import FeedbackRequest
from tastemaker.api.genres import GenresRequest
from tastemaker.api.measured import Measured
from tastemaker.api.pages import built_pages
from tastemaker.api.problem import Problem, install_problems
from tastemaker.api.recommendations import HistoryRequest
from tastemaker.api.request_guard import RequestGuard
from tastemaker.api.services import Services
from tastemaker.api.stored_first import send_stored
from tastemaker.api.storefront import Storefront
from tastemaker.api.storefront_routes import install_storefront

_DESCRIPTION = """\
Personal recommendations computed at request time: what a person did a second ago counts.

Every slate names the step that made it (`source`) and gives a reason for every item. Every error
is a problem document (RFC 9457) that says what happened, where, and what to do next.
"""


_READ_BY_ROUTES = (Event, HistoryRequest, FeedbackRequest, GenresRequest)


class _Application(FastAPI):
    """Sends what is stored by itself, and describes also what routes read by themselves: request
    bodies and problem documents."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        services: Services | None = getattr(self.state, "services", None)
        if (
            services is None
            or scope["type"] != "http"
            or not await send_stored(services, scope, receive, send)
        ):
            await super().__call__(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            schema = super().openapi()
            _, definitions = models_json_schema(
                [
                    *((read, "validation") for read in _READ_BY_ROUTES),
                    (Problem, "serialization"),
                ],
                ref_template="#/components/schemas/{model}",
            )
            schema["components"]["schemas"] |= definitions["$defs"]
        assert self.openapi_schema is not None
        return self.openapi_schema


def create_app(
    services: Services, config: ApiConfig, storefront: Storefront | None = None
) -> FastAPI:
    """storefront: None for a server that only machines talk to, without accounts and pages.

    Raises ConfigInvalid where the configuration would let anybody on the network write.
    """
    refuse_open_writes(config)
    app = _empty(None if storefront is None else storefront.lifespan)
    app.state.services = services
    app.state.config = config
    app.state.catalogue_index = CatalogueIndex(services.catalogue)
    app.state.storefront = storefront
    install_problems(app)
    _install_middleware(app, services, config)
    pages = None if storefront is None else built_pages()
    if pages is not None:
        pages.install(app)
    _install_routes(app, with_storefront=storefront is not None)
    install_docs_page(app)
    if pages is not None:
        pages.install_unknown(app)
    return app


def describe() -> dict[str, Any]:
    """The OpenAPI document of every route, without anything to serve."""
    app = _empty(None)
    _install_routes(app, with_storefront=True)
    return app.openapi()


def _empty(lifespan: Lifespan[Any] | None) -> FastAPI:
    return _Application(
        title="Tastemaker",
        version=version("tastemaker"),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )


def _install_routes(app: FastAPI, *, with_storefront: bool) -> None:
    # Routes of the storefront and similar items come before single items: an id may hold slashes.
    if with_storefront:
        install_storefront(app)
    for part in (
        recommendations,
        shared_slates,
        items,
        interactions,
        feedback,
        genres,
        user_history,
        retrain,
        operations,
    ):
        app.include_router(part.router)


def _install_middleware(app: FastAPI, services: Services, config: ApiConfig) -> None:
    """The last added is the first to see a request."""
    app.add_middleware(RequestGuard, max_body_bytes=config.max_body_bytes)
    if config.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=config.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type", "X-API-Key"],
        )
    app.add_middleware(Measured, metrics=services.metrics)
