"""Which adapter stands behind each port, by the URL in the configuration."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Engine

from tastemaker.core.backends import BusConfig, SlatesConfig
from tastemaker.core.clock import Clock
from tastemaker.core.errors import ConfigInvalid, SlatesUnavailable, StoreUnavailable
from tastemaker.ports import Bus, Slates
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import migrate


def open_bus(config: BusConfig, home: Path, clock: Clock) -> Bus:
    """Raises ConfigInvalid for a URL of an unknown kind, BusUnavailable."""
    url = _text(config.url) or f"sqlite:///{home / 'bus.db'}"
    match _scheme(url):
        case "sqlite":
            from tastemaker.adapters.bus.sqlite import SqliteBus

            file = Path(url.removeprefix("sqlite:///"))
            return SqliteBus(file, clock, max_bytes=config.max_mb * 2**20)
    raise _unknown("bus.url", "sqlite:///FILE")


@contextmanager
def open_slates(
    config: SlatesConfig, clock: Clock, database: Engine | None = None
) -> Iterator[Slates]:
    """database: the migrated one that keeps them where no URL is given.

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
            with _own_database(url, SlatesUnavailable) as engine:
                yield SqlSlates(engine, clock, config.ttl_s)
        case _:
            raise _unknown("slates.url", "sqlite:///FILE", "postgresql://USER@HOST/NAME")


@contextmanager
def _own_database(url: str, away: type[SlatesUnavailable]) -> Iterator[Engine]:
    engine = open_engine(url, StoreConfig())
    try:
        migrate(engine)
    except StoreUnavailable as error:
        raise away(error.what, where=error.where, next_step=error.next_step) from error
    try:
        yield engine
    finally:
        engine.dispose()


def _unknown(where: str, *forms: str) -> ConfigInvalid:
    return ConfigInvalid(
        "The URL is of no known kind", where=where, next_step=f"Give {' or '.join(forms)}."
    )


def _text(url: SecretStr | None) -> str | None:
    return None if url is None else url.get_secret_value()


def _scheme(url: str) -> str:
    return url.partition("://")[0]
