"""The outside API: a film's pictures and description by its TMDB id."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import httpx2
import orjson

from tastemaker.pictures.config import PicturesConfig
from tastemaker.pictures.sizes import PictureKind, PictureSize

ATTRIBUTION = "This product uses the TMDB API but is not endorsed or certified by TMDB."

_PATH = re.compile(r"/[A-Za-z0-9_-]{1,100}\.(?:jpg|jpeg|png|webp)")
_MAX_DOCUMENT_BYTES = 2**20
_MAX_DESCRIPTION = 10_000
_MAX_RETRY_AFTER_S = 3_600
_OK = 200
_TROUBLE = frozenset({401, 403, 408, 429})
"""With the key, or with asking too often: the next film would meet the same."""


class OutsideDown(Exception):
    """The API does not answer at present. retry_after_s: what it asked for; None: nothing."""

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """paths: of the pictures, as the API names them. description: "" where it has none."""

    paths: Mapping[PictureKind, str]
    description: str

    @classmethod
    def nothing(cls) -> Self:
        return cls({}, "")

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Takes what has the expected shape and leaves the rest."""
        try:
            document = orjson.loads(content)
        except orjson.JSONDecodeError:
            return cls.nothing()
        if not isinstance(document, dict):
            return cls.nothing()
        paths = {}
        for kind in PictureKind:
            path = document.get(f"{kind}_path")
            if isinstance(path, str) and _PATH.fullmatch(path):
                paths[kind] = path
        text = document.get("overview")
        return cls(paths, text[:_MAX_DESCRIPTION].strip() if isinstance(text, str) else "")

    def written(self) -> bytes:
        """For `read`."""
        paths = {f"{kind}_path": path for kind, path in self.paths.items()}
        return orjson.dumps({**paths, "overview": self.description})


class Tmdb:
    def __init__(self, client: httpx2.AsyncClient, config: PicturesConfig, key: str) -> None:
        """client: closed by `close`."""
        self._client = client
        self._config = config
        # Short keys go into the address, long tokens into a header.
        self._query = {} if "." in key else {"api_key": key}
        self._headers = {"Authorization": f"Bearer {key}"} if "." in key else {}

    async def film(self, tmdb_id: int, language: str) -> FilmFacts:
        """Nothing for an id the API does not know. Raises OutsideDown."""
        url = f"{str(self._config.api_url).rstrip('/')}/movie/{tmdb_id}"
        query = {**self._query, "language": language}
        content = await self._get(url, query, self._headers, _MAX_DOCUMENT_BYTES)
        return FilmFacts.nothing() if content is None else FilmFacts.read(content)

    async def picture(self, path: str, size: PictureSize) -> bytes | None:
        """As it came, unverified; None where there is none. Raises OutsideDown."""
        url = f"{str(self._config.image_url).rstrip('/')}/{size.value}{path}"
        return await self._get(url, {}, {}, self._config.max_picture_bytes)

    async def close(self) -> None:
        await self._client.aclose()

    async def _get(
        self, url: str, query: dict[str, str], headers: dict[str, str], max_bytes: int
    ) -> bytes | None:
        """None for an answer that is of no use, such as one that never ends."""
        try:
            # The client's own limit is on each read; an answer that trickles in meets this one.
            async with (
                asyncio.timeout(self._config.timeout_s),
                self._client.stream("GET", url, params=query, headers=headers) as answer,
            ):
                if answer.status_code in _TROUBLE or answer.is_server_error:
                    raise OutsideDown(f"status {answer.status_code}", _retry_after_s(answer))
                return await _body(answer, max_bytes) if answer.status_code == _OK else None
        except (httpx2.HTTPError, TimeoutError) as error:
            raise OutsideDown(type(error).__name__) from error


async def _body(answer: httpx2.Response, max_bytes: int) -> bytes | None:
    content = bytearray()
    async for part in answer.aiter_bytes():
        content += part
        if len(content) > max_bytes:
            return None
    return bytes(content)


def _retry_after_s(answer: httpx2.Response) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return min(float(text), _MAX_RETRY_AFTER_S) if text.isdecimal() else None
