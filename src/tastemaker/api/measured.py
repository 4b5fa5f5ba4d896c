"""Every answer is counted and timed."""

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tastemaker.observe.metrics import Metrics

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

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            seconds = perf_counter() - started
            self._metrics.request_answered(scope["method"], _route(scope), status, seconds)


def _route(scope: Scope) -> str:
    """The template of the route that answered: one label, whatever the ids."""
    route = scope.get("route")
    return getattr(route, "path_format", None) or getattr(route, "path", None) or _UNMATCHED
