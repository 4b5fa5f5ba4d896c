"""Messages of other writers: delivered as far as they can be read, for the consumer to judge."""

from typing import Any

import orjson


def readable(text: bytes) -> str:
    """What is no UTF-8 stands as \\xNN, so that it can be seen and be written again."""
    return text.decode(errors="backslashreplace")


def headers_of(text: str | bytes) -> dict[str, str]:
    """Of a JSON object; empty where it is none."""
    try:
        told: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(told, dict):
        return {}
    return {name: one if isinstance(one, str) else str(one) for name, one in told.items()}
