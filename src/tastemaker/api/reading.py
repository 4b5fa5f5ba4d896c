"""Where a request reads: at once where that takes microseconds, else beside all other requests."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

Given = ParamSpec("Given")
Found = TypeVar("Found")


async def read(
    is_file: bool, look: Callable[Given, Found], *given: Given.args, **named: Given.kwargs
) -> Found:
    """What `look` returns or raises. is_file: all it reads is a file of this machine, so that it
    waits for no server."""
    if is_file:
        return look(*given, **named)
    return await run_in_threadpool(look, *given, **named)
