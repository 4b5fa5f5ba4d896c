"""Which adapter stands behind each port, by the URL in the configuration."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Engine

from tastemaker.core.backends import BlobsConfig, BusConfig, SlateLogConfig, SlatesConfig
from tastemaker.core.clock import Clock
from tastemaker.core.errors import (
    ConfigInvalid,
    EnvironmentProblem,
    SlateLogUnavailable,
    SlatesUnavailable,
    StoreUnavailable,
)
from tastemaker.core.topics import Topic
from tastemaker.ports import Blobs, Bus, SlateLog, Slates
from tastemaker.store.engine import StoreConfig, limit_silence, open_engine
from tastemaker.store.migrate import migrate

_REDIS = ("redis", "rediss")
_MAX_SET_ASIDE_BYTES = 16 * 2**20
"""More than other topics take of themselves: a message is set aside with what is told of it."""


def open_bus(config: BusConfig, home: Path, clock: Clock) -> Bus:
    """Raises ConfigInvalid for a URL of an unknown kind, BusUnavailable."""
    file = embedded_bus_file(config, home)
    if file is not None:
        from tastemaker.adapters.bus.sqlite import SqliteBus

        return SqliteBus(file, clock, max_bytes=config.max_mb * 2**20)
    url = _text(config.url) or ""
    match _scheme(url):
        case "kafka":
            with _vendor("kafka", "bus.url"):
                from tastemaker.adapters.bus.kafka import KafkaBus
                from tastemaker.adapters.bus.kafka_cluster import KafkaLimits
            limits = KafkaLimits(
                n_partitions=config.n_partitions,
                n_replicas=config.n_replicas,
                keep_s=config.keep_s,
                timeout_s=config.timeout_s,
                session_timeout_s=config.session_timeout_s,
                topic_settings=_topic_settings(config),
            )
            return KafkaBus(url, clock, limits)
        case scheme if scheme in _REDIS:
            with _vendor("redis", "bus.url"):
                from tastemaker.adapters.bus.redis import RedisBus
            timeouts = {
                "timeout_s": config.timeout_s,
                "session_timeout_s": config.session_timeout_s,
            }
            return RedisBus(url, **timeouts)
    raise _unknown("bus.url", "sqlite:///FILE", "kafka://HOST:PORT", "redis://HOST:PORT")


def careless_redis(config: BusConfig) -> Sequence[str] | None:
    """Settings by which the bus may lose messages; None where it is not in Redis. Raises
    BusUnavailable."""
    url = _text(config.url) or ""
    if _scheme(url) not in _REDIS:
        return None
    with _vendor("redis", "bus.url"):
        from tastemaker.adapters.bus.redis_keeping import careless_settings
    return careless_settings(url, config.timeout_s)


def _topic_settings(config: BusConfig) -> dict[str, dict[str, str]]:
    """Of those that Kafka must not cut by itself as it does the others."""
    return {
        Topic.INTERACTIONS: {"retention.ms": "-1", "retention.bytes": "-1"},
        Topic.SET_ASIDE: {
            "retention.ms": str(int(config.keep_set_aside_s * 1000)),
            "retention.bytes": "-1",
            "max.message.bytes": str(_MAX_SET_ASIDE_BYTES),
        },
    }


def embedded_bus_file(config: BusConfig, home: Path) -> Path | None:
    """None where the bus is a server."""
    url = _text(config.url)
    if url is None:
        return home / "bus.db"
    return Path(url.removeprefix("sqlite:///")) if _scheme(url) == "sqlite" else None


def keeps_slates_in_file(config: SlatesConfig, database: Engine) -> bool:
    """database: as in `open_slates`."""
    url = _text(config.url)
    return (database.dialect.name if url is None else _scheme(url)) == "sqlite"


@contextmanager
def open_slates(
    config: SlatesConfig,
    clock: Clock,
    database: Engine | None = None,
    *,
    waits: bool = True,
) -> Iterator[Slates]:
    """database: the migrated one that keeps them where no URL is given. waits: for a database
    that says nothing, which otherwise counts as away after the configured time.

    Raises ConfigInvalid for a URL of an unknown kind, SlatesUnavailable.
    """
    from tastemaker.adapters.slates.sql import SqlSlates

    url = _text(config.url)
    if url is None:
        assert database is not None
        yield SqlSlates(database, clock, config.ttl_s)
        return
    match _scheme(url):
        case "sqlite" | "postgresql":
            with _own_database(url, config.timeout_s, SlatesUnavailable, waits=waits) as engine:
                yield SqlSlates(engine, clock, config.ttl_s)
        case "mongodb" | "mongodb+srv":
            with _vendor("mongo", "slates.url"):
                from tastemaker.adapters.slates.mongo import MongoSlates
            with closing(MongoSlates(url, clock, config.ttl_s, config.timeout_s)) as in_mongo:
                yield in_mongo
        case scheme if scheme in _REDIS:
            with _vendor("redis", "slates.url"):
                from tastemaker.adapters.slates.redis import RedisSlates
            with closing(RedisSlates(url, clock, config.ttl_s, config.timeout_s)) as in_redis:
                yield in_redis
        case _:
            raise _unknown(
                "slates.url",
                "sqlite:///FILE",
                "postgresql://USER@HOST/NAME",
                "mongodb://HOST/NAME",
                "redis://HOST:PORT",
            )


@contextmanager
def open_slate_log(
    config: SlateLogConfig, database: Engine | None = None, *, waits: bool = True
) -> Iterator[SlateLog]:
    """database: the migrated one that keeps it where no URL is given. waits: as in `open_slates`.

    Raises ConfigInvalid for a URL of an unknown kind, SlateLogUnavailable.
    """
    from tastemaker.adapters.slate_log.sql import SqlSlateLog

    url = _text(config.url)
    if url is None:
        assert database is not None
        yield SqlSlateLog(database)
        return
    match _scheme(url):
        case "sqlite" | "postgresql":
            with _own_database(url, config.timeout_s, SlateLogUnavailable, waits=waits) as engine:
                yield SqlSlateLog(engine)
        case "mongodb" | "mongodb+srv":
            with _vendor("mongo", "slate_log.url"):
                from tastemaker.adapters.slate_log.mongo import MongoSlateLog
            with closing(MongoSlateLog(url, config.keep_s, config.timeout_s)) as in_mongo:
                yield in_mongo
        case _:
            raise _unknown(
                "slate_log.url",
                "sqlite:///FILE",
                "postgresql://USER@HOST/NAME",
                "mongodb://HOST/NAME",
            )


def open_blobs(config: BlobsConfig, home: Path) -> Blobs:
    """Raises ConfigInvalid for a URL of an unknown kind, BlobsUnavailable."""
    from tastemaker.adapters.blobs import OpendalBlobs

    folder = blobs_folder(config, home)
    if folder is not None:
        return OpendalBlobs.in_folder(folder)
    url = _text(config.url) or ""
    if _scheme(url) == "s3":
        return OpendalBlobs.in_s3(url, config.timeout_s)
    raise _unknown("blobs.url", "file:///FOLDER", "s3://BUCKET/PREFIX?endpoint=URL")


def blobs_folder(config: BlobsConfig, home: Path) -> Path | None:
    """None where a server keeps them."""
    url = _text(config.url)
    if url is None:
        return home.absolute() / "blobs"
    return Path(url.removeprefix("file://")).absolute() if _scheme(url) == "file" else None


@contextmanager
def _own_database(
    url: str, timeout_s: float, away: type[EnvironmentProblem], *, waits: bool
) -> Iterator[Engine]:
    engine = open_engine(url, StoreConfig(timeout_s=timeout_s))
    try:
        try:
            migrate(engine)
        except StoreUnavailable as error:
            raise away(error.what, where=error.where, next_step=error.next_step) from error
        if not waits:
            limit_silence(engine, timeout_s)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _vendor(extra: str, where: str) -> Iterator[None]:
    """Around the import of an adapter whose library may not be installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ConfigInvalid(
            f"The package {error.name} is not installed",
            where=where,
            next_step=f"Install the extra: pip install 'tastemaker[{extra}]'.",
        ) from error


def _unknown(where: str, *forms: str) -> ConfigInvalid:
    return ConfigInvalid(
        "The URL is of no known kind", where=where, next_step=f"Give {' or '.join(forms)}."
    )


def _text(url: SecretStr | None) -> str | None:
    return None if url is None else url.get_secret_value()


def _scheme(url: str) -> str:
    return url.partition("://")[0]
