"""A connection to Redis, which is given up soon where the server is away."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tastemaker.core.errors import EnvironmentProblem, RequestInvalid


def connect(url: str, timeout_s: float) -> "redis.Redis":
    """Opens no connection yet."""
    # Once more at once: a connection kept from before the server was restarted is dead.
    once_more = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
    return redis.Redis.from_url(
        url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=once_more
    )


def address(client: "redis.Redis") -> str:
    """Without user and password."""
    settings = client.connection_pool.connection_kwargs
    return f"redis://{settings.get('host', 'localhost')}:{settings.get('port', 6379)}"


@contextmanager
def redis_errors(where: str, away: type[EnvironmentProblem]) -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise away(
            "Redis does not answer as it should",
            where=f"{where}: {error}",
            next_step="Check that it runs, may be reached and takes writes.",
        ) from error
    except UnicodeEncodeError as error:
        raise RequestInvalid("A text is not valid Unicode", where=where) from error
