"""What no route should have to look at: endless bodies and addresses that are no text."""

import re
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tastemaker.api.problem import problem_answer
from tastemaker.core.errors import BodyTooLarge, RequestInvalid, TastemakerError

_FIRST_PRINTABLE = 0x20
_PLAIN = re.compile(rb"[\x20-\x24\x26-\x7e]*")
"""Printable, and no percent sign: almost every address."""


class RequestGuard:
    """Refuses with a problem document before any route runs."""

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        error = self._error(scope)
        if error is not None:
            await problem_answer(error)(scope, receive, send)
            return
        await self._app(scope, self._counted(receive), send)

    def _error(self, scope: Scope) -> TastemakerError | None:
        path, query = scope.get("raw_path") or b"", scope["query_string"]
        if not _PLAIN.fullmatch(path) or not _PLAIN.fullmatch(query):
            error = _unreadable(path, query)
            if error is not None:
                return error
        return self._too_long(scope)

    def _too_long(self, scope: Scope) -> TastemakerError | None:
        for name, length in scope["headers"]:
            if name == b"content-length" and length.isdigit():
                return self._too_large() if int(length) > self._max_body_bytes else None
        return None

    def _counted(self, receive: Receive) -> Receive:
        n_bytes = 0

        async def counting() -> Message:
            nonlocal n_bytes
            message = await receive()
            n_bytes += len(message.get("body", b""))
            if n_bytes > self._max_body_bytes:
                raise self._too_large()
            return message

        return counting

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(
            f"The request is longer than {self._max_body_bytes} bytes",
            where="body",
            next_step="Send it in parts.",
        )


def _unreadable(path: bytes, query: bytes) -> TastemakerError | None:
    if not _is_utf8(path) or not _is_utf8(query):
        return RequestInvalid(
            "The address is not UTF-8",
            where="path" if _is_utf8(query) else "query",
            next_step="Encode ids as UTF-8, then percent-encode them.",
        )
    if any(byte < _FIRST_PRINTABLE for byte in unquote_to_bytes(path)):
        return RequestInvalid(
            "The path holds control characters",
            where="path",
            next_step="No id has them: leave them out.",
        )
    return None


def _is_utf8(raw: bytes) -> bool:
    try:
        unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return False
    return True
