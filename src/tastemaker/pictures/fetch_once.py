"""What is outside is asked for once: kept on disk, shared between those who wait for it, and left
alone while it has trouble."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from tastemaker.core.clock import Clock
from tastemaker.pictures.config import PicturesConfig
from tastemaker.pictures.disk_cache import DiskCache
from tastemaker.pictures.tmdb import OutsideDown

log = structlog.get_logger(__name__)

_NOTHING = b""
"""Kept for a while, too: a film without a picture is not asked about at every look."""

Fetch = Callable[[], Awaitable[bytes | None]]


class FetchOnce:
    """For one event loop."""

    def __init__(self, cache: DiskCache, config: PicturesConfig, clock: Clock) -> None:
        self._cache = cache
        self._config = config
        self._clock = clock
        self._max_age = timedelta(days=config.max_age_days)
        self._missing_age = timedelta(days=config.missing_age_days)
        self._slots = asyncio.Semaphore(config.n_connections)
        self._under_way: dict[str, asyncio.Task[bytes | None]] = {}
        self._paused_until: datetime | None = None

    async def get(self, name: str, fetch: Fetch) -> bytes | None:
        """Kept, or fetched now; None where there is nothing or it cannot be had at present."""
        kept = await asyncio.to_thread(self._kept, name)
        if kept is not None:
            return kept or None
        if name not in self._under_way:
            if self._is_paused() or len(self._under_way) >= self._most_under_way:
                return None
            task = asyncio.create_task(self._fetch(name, fetch))
            self._under_way[name] = task
            task.add_done_callback(lambda _: self._under_way.pop(name, None))
        # Shielded: one visitor who leaves must not end what others wait for.
        return await asyncio.shield(self._under_way[name])

    @property
    def _most_under_way(self) -> int:
        return self._config.n_connections + self._config.max_waiting

    def _kept(self, name: str) -> bytes | None:
        content = self._cache.get(name, self._max_age)
        if content == _NOTHING and self._cache.get(name, self._missing_age) is None:
            return None
        return content

    def _is_paused(self) -> bool:
        return self._paused_until is not None and self._clock() < self._paused_until

    async def _fetch(self, name: str, fetch: Fetch) -> bytes | None:
        async with self._slots:
            # Those who waited for a slot must not go on asking what has just failed.
            if self._is_paused():
                return None
            try:
                content = await fetch()
            except OutsideDown as down:
                pause_s = max(self._config.pause_s, down.retry_after_s or 0.0)
                self._paused_until = self._clock() + timedelta(seconds=pause_s)
                log.warning("pictures paused", reason=str(down), pause_s=pause_s)
                return None
        await asyncio.to_thread(self._cache.put, name, content or _NOTHING)
        return content
