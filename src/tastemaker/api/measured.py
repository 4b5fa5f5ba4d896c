"""Every answer is counted and timed, and carries the id by which logs tell of its request."""

from time import perf_counter
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tastemaker.core import trace
from tastemaker.observe.metrics import Metrics

RAW_ID_HEADER = trace.HTTP_HEADER.lower().encode()
_UNMATCHED = "unmatched"


class Measured:
    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        status = 500
        request_id = given_id(scope) or uuid4().hex
        # Until the end of the request's own task, so that an error's answer names it too.
        trace.set_current(request_id)
        id_header = (RAW_ID_HEADER, request_id.encode())

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], id_header]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            seconds = perf_counter() - started
            self._metrics.request_answered(scope["method"], _route(scope), status, seconds)


def given_id(scope: Scope) -> str:
    """Empty where none came, or none that may stand in a log."""
    for name, value in scope["headers"]:
        if name == RAW_ID_HEADER:
            text: str = value.decode("latin-1")
            return text if trace.usable(text) else ""
    return ""


def _route(scope: Scope) -> str:
    """The template of the route that answered: one label, whatever the ids."""
    route = scope.get("route")
    return getattr(route, "path_format", None) or getattr(route, "path", None) or _UNMATCHED
