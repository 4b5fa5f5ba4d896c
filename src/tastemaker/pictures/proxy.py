"""Pictures and descriptions of known films, fetched once and kept; nothing is ever hotlinked."""

import asyncio
from dataclasses import dataclass
from functools import partial

from tastemaker.core.ids import ItemId
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.pictures.fetch_once import FetchOnce
from tastemaker.pictures.sizes import PictureKind, PictureSize
from tastemaker.pictures.tmdb import FilmFacts, Tmdb
from tastemaker.pictures.verify import is_picture, media_type

_PICTURE_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    media_type: str


class PictureProxy:
    """Answers "none" soon where there is no key, no network, no picture or too much to do: the
    pages draw a poster of their own then."""

    def __init__(self, catalogue: Catalogue, tmdb: Tmdb | None, fetched: FetchOnce) -> None:
        """tmdb: None without a key."""
        self._catalogue = catalogue
        self._tmdb = tmdb
        self._fetched = fetched

    @property
    def is_on(self) -> bool:
        return self._tmdb is not None

    async def picture(
        self, item_id: ItemId, kind: PictureKind, size: PictureSize
    ) -> Picture | None:
        tmdb_id = self._tmdb_id(item_id)
        if self._tmdb is None or tmdb_id is None:
            return None
        facts = await self._facts(self._tmdb, tmdb_id, _PICTURE_LANGUAGE)
        path = None if facts is None else facts.paths.get(kind)
        if path is None:
            return None
        name = f"{tmdb_id}-{kind.value}-{size.value}"
        fetch = partial(_verified_picture, self._tmdb, path, size)
        content = await self._fetched.get(name, fetch)
        kept_as = media_type(content) if content else None
        return Picture(content, kept_as) if content and kept_as else None

    async def description(self, item_id: ItemId, language: str) -> str:
        """ "" where there is none."""
        tmdb_id = self._tmdb_id(item_id)
        if self._tmdb is None or tmdb_id is None:
            return ""
        facts = await self._facts(self._tmdb, tmdb_id, language)
        return "" if facts is None else facts.description

    async def close(self) -> None:
        if self._tmdb is not None:
            await self._tmdb.close()

    async def _facts(self, tmdb: Tmdb, tmdb_id: int, language: str) -> FilmFacts | None:
        fetch = partial(_facts_document, tmdb, tmdb_id, language)
        content = await self._fetched.get(f"{tmdb_id}-film-{language}", fetch)
        return FilmFacts.read(content) if content else None

    def _tmdb_id(self, item_id: ItemId) -> int | None:
        """None for what the catalogue does not have, or not with a TMDB id."""
        position = self._catalogue.position.get(item_id)
        text = None if position is None else self._catalogue.details["tmdb_id"][position]
        return int(text) if text and text.isascii() and text.isdecimal() else None


async def _verified_picture(tmdb: Tmdb, path: str, size: PictureSize) -> bytes | None:
    content = await tmdb.picture(path, size)
    if content is None or not await asyncio.to_thread(is_picture, content):
        return None
    return content


async def _facts_document(tmdb: Tmdb, tmdb_id: int, language: str) -> bytes | None:
    facts = await tmdb.film(tmdb_id, language)
    return None if facts == FilmFacts.nothing() else facts.written()
