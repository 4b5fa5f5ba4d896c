"""The one id that joins what is done for one request, from the answer to the stored slate."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "request_id"
"""Of the messages on the bus, and the name in every log line."""

HTTP_HEADER = "X-Request-ID"
"""Of a request, where its sender chose one, and of every answer."""

_current: ContextVar[str] = ContextVar("tastemaker_request_id", default="")
_USABLE = re.compile(r"[A-Za-z0-9._:+/=@-]{1,128}")


def current() -> str:
    """Of the request this work is done for; empty where it is done for none."""
    return _current.get()


def set_current(request_id: str) -> None:
    """Until the end of the task that calls it."""
    _current.set(request_id)


def usable(given: str) -> bool:
    """Whether an id from outside may stand in logs and messages: short, and no way to forge a
    line."""
    return _USABLE.fullmatch(given) is not None


def headers() -> dict[str, str]:
    """Of a message that goes out now."""
    request_id = _current.get()
    return {HEADER: request_id} if request_id else {}


@contextmanager
def joined(message_headers: Mapping[str, str]) -> Iterator[None]:
    """What is done in the block is done for the request a message came from."""
    before = _current.set(message_headers.get(HEADER, ""))
    try:
        yield
    finally:
        _current.reset(before)
