"""The key that writes need where one is configured."""

import hmac
from typing import Annotated

from fastapi import Security
from fastapi.security import APIKeyHeader

from tastemaker.api.services import UsedConfig
from tastemaker.core.errors import Unauthorized

_HEADER = APIKeyHeader(
    name="X-API-Key",
    auto_error=False,
    description="Needed for writes where the server has a key configured.",
)


async def require_write_key(
    config: UsedConfig, given: Annotated[str | None, Security(_HEADER)] = None
) -> None:
    """Raises Unauthorized."""
    if config.api_key is None:
        return
    expected = config.api_key.get_secret_value().encode()
    # Compared in constant time: the time taken must not tell how much of a guess was right.
    if not hmac.compare_digest((given or "").encode("latin-1", "replace"), expected):
        raise Unauthorized(
            "The key in X-API-Key is missing or wrong",
            where="header X-API-Key",
            next_step="Send the key the server was started with (api.api_key).",
        )
