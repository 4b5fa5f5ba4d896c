"""A stored slate is sent before the framework looks at the request: most of a large service's
requests end here, in a fraction of the time. All others go their way."""

from types import SimpleNamespace
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.personal_slate import stored_slate
from tastemaker.api.prefix import PREFIX
from tastemaker.api.services import Services
from tastemaker.api.slate_query import DEFAULT_K, MAX_K
from tastemaker.core.ids import MAX_ID_LENGTH, UserId

_BEFORE_USER = f"{PREFIX}/recommendations/"
_ROUTE = SimpleNamespace(path=f"{_BEFORE_USER}{{user_id:path}}")


class StoredFirst:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = None if scope["type"] != "http" else _answer(scope)
        if answer is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = _ROUTE
        await answer(scope, receive, send)


def _answer(scope: Scope) -> JsonAnswer | None:
    services: Services = scope["app"].state.services
    path: str = scope["path"]
    if services.stored is None or scope["method"] != "GET" or not path.startswith(_BEFORE_USER):
        return None
    user_id, asked = path[len(_BEFORE_USER) :], _asked(scope["query_string"])
    if not 0 < len(user_id) <= MAX_ID_LENGTH:
        return None
    return None if asked is None else stored_slate(services, UserId(user_id), *asked)


def _asked(query: bytes) -> tuple[str | None, int] | None:
    """Variant and length; None where anything else is asked for, or in a way to be refused."""
    if not query:
        return None, DEFAULT_K
    if not query.isascii():
        return None
    pairs = parse_qsl(query.decode(), keep_blank_values=True)
    given = dict(pairs)
    if len(given) < len(pairs) or not given.keys() <= {"k", "model"} or given.get("model") == "":
        return None
    k = given.get("k", str(DEFAULT_K))
    if not (k.isascii() and k.isdecimal() and len(k) <= len(str(MAX_K)) and 1 <= int(k) <= MAX_K):
        return None
    return given.get("model"), int(k)
