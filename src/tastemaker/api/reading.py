"""Where a request reads: at once where that takes microseconds, else beside all other requests."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from tastemaker.api.services import Services

Given = ParamSpec("Given")
Found = TypeVar("Found")


async def read(
    services: Services, look: Callable[Given, Found], *given: Given.args, **named: Given.kwargs
) -> Found:
    """What `look` returns or raises."""
    if services.reads_files:
        return look(*given, **named)
    return await run_in_threadpool(look, *given, **named)
