"""A stored slate is sent before the framework looks at the request: most of a large service's
requests end here, in a fraction of the time. All others go their way."""

from time import perf_counter
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.types import Receive, Scope, Send

from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.measured import RAW_ID_HEADER, given_id
from tastemaker.api.personal_slate import stored_slate
from tastemaker.api.prefix import PREFIX
from tastemaker.api.services import Services
from tastemaker.api.slate_query import DEFAULT_K, MAX_K
from tastemaker.core import trace
from tastemaker.core.ids import MAX_ID_LENGTH, UserId

_BEFORE_USER = f"{PREFIX}/recommendations/"
_ROUTE = f"{_BEFORE_USER}{{user_id}}"
_MISSED = "tastemaker.stored_slate_missed"


async def send_stored(services: Services, scope: Scope, receive: Receive, send: Send) -> bool:
    """Whether one was sent; nothing was where not. scope: of an HTTP request."""
    path: str = scope["path"]
    if services.stored is None or scope["method"] != "GET" or not path.startswith(_BEFORE_USER):
        return False
    user_id, asked = path[len(_BEFORE_USER) :], _asked(scope["query_string"])
    if asked is None or not 0 < len(user_id) <= MAX_ID_LENGTH or _is_crossing(scope):
        return False
    started = perf_counter()
    request_id = given_id(scope) or uuid4().hex
    trace.set_current(request_id)
    try:
        answer = await stored_slate(services, UserId(user_id), *asked)
    except Exception:
        # Met again on the long way, which makes a problem document of it and counts it.
        return False
    if answer is None:
        scope[_MISSED] = True
        return False
    await _send(answer, request_id, scope, receive, send)
    services.metrics.request_answered("GET", _ROUTE, 200, perf_counter() - started)
    return True


def was_missed(scope: Scope) -> bool:
    """Whether there is no stored slate for this request: it was looked for."""
    return _MISSED in scope


async def _send(
    answer: JsonAnswer, request_id: str, scope: Scope, receive: Receive, send: Send
) -> None:
    if any(name == b"accept-encoding" for name, _ in scope["headers"]):
        answer.headers[trace.HTTP_HEADER] = request_id
        await answer(scope, receive, send)
        return
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(answer.body)).encode()),
        (b"vary", b"Accept-Encoding"),
        (RAW_ID_HEADER, request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _is_crossing(scope: Scope) -> bool:
    """Asked by a page of another site: whether it may read the answer is said elsewhere."""
    return any(name == b"origin" for name, _ in scope["headers"])


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
