"""How the server listens and what it accepts."""

import ipaddress
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr, StringConstraints

from tastemaker.core.errors import ConfigInvalid

Origin = Annotated[str, StringConstraints(pattern=r"^(\*|https?://[^/\s]+)$")]


class ApiConfig(BaseModel, frozen=True, extra="forbid"):
    host: str = "127.0.0.1"  # another address needs api_key
    port: int = Field(default=8000, ge=0, le=65535)  # 0: any free one
    api_key: SecretStr | None = Field(default=None, min_length=8)  # for writes: header X-API-Key
    cors_origins: tuple[Origin, ...] = ()  # sites whose pages may call; none by default
    max_body_bytes: int = Field(default=8 * 2**20, ge=1_024)  # longer requests are refused
    max_batch: int = Field(default=10_000, ge=1)  # events in one POST /interactions
    look_every_s: float = Field(default=1.0, gt=0)  # for another version put into service
    remember_mb: int = Field(default=64, ge=0, le=100_000)  # of slates asked for again; 0: none
    remember_s: float = Field(default=60.0, gt=0, le=3_600)  # a slate that nothing has changed
    max_history: int = Field(default=1_000, ge=1)  # latest entries of a posted history that count


class InteractionsConfig(BaseModel, frozen=True, extra="forbid"):
    through: Literal["database", "bus"] = "database"  # bus: more a second, counted when recorded


def refuse_open_writes(config: ApiConfig) -> None:
    """Raises ConfigInvalid where others on the network could write without a key."""
    if config.api_key is None and not _is_loopback(config.host):
        raise ConfigInvalid(
            f"Listening on {config.host} lets anybody on the network write",
            where="api.api_key",
            next_step="Set api.api_key (8 characters or more), or listen on 127.0.0.1.",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
