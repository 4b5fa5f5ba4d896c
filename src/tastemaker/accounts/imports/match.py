"""Which item of the catalogue a line of an import means."""

from collections.abc import Iterable
from dataclasses import dataclass

from tastemaker.accounts.imports.row import ImportRow
from tastemaker.core.ids import ItemId
from tastemaker.core.plain_text import plain
from tastemaker.ingest.catalogue import Catalogue

_ARTICLES = frozenset({"the", "a", "an", "le", "la", "les", "il", "el", "der", "die", "das"})
_YEARS_APART = 1
"""Sites differ by a year about films shown at a festival first."""


@dataclass(frozen=True, slots=True)
class Matcher:
    by_item_id: frozenset[str]
    by_imdb: dict[int, ItemId]
    by_tmdb: dict[int, ItemId]
    by_title: dict[str, list[tuple[int, ItemId]]]
    """year (0 unknown) and item of everything with a title."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Matcher":
        by_title: dict[str, list[tuple[int, ItemId]]] = {}
        for item_id, title, year in zip(
            catalogue.ids, catalogue.titles, catalogue.year.tolist(), strict=True
        ):
            by_title.setdefault(_title_key(title), []).append((year, ItemId(item_id)))
        return cls(
            frozenset(catalogue.ids),
            _by_number(catalogue.details["imdb_id"], catalogue.ids),
            _by_number(catalogue.details["tmdb_id"], catalogue.ids),
            by_title,
        )

    def item(self, row: ImportRow) -> ItemId | None:
        """By an id if one is known, else by title and year; None where that is not certain."""
        imdb, tmdb = _number(row.imdb_id), _number(row.tmdb_id)
        if imdb in self.by_imdb:
            return self.by_imdb[imdb]
        if tmdb in self.by_tmdb:
            return self.by_tmdb[tmdb]
        if row.item_id in self.by_item_id:
            return ItemId(str(row.item_id))
        return self._by_title(row)

    def _by_title(self, row: ImportRow) -> ItemId | None:
        named = self.by_title.get(_title_key(row.title), []) if row.title else []
        if row.year is None:
            return named[0][1] if len(named) == 1 else None
        near = [(abs(year - row.year), item_id) for year, item_id in named]
        near = sorted((apart, item_id) for apart, item_id in near if apart <= _YEARS_APART)
        is_tie = len(near) > 1 and near[0][0] == near[1][0]
        return None if not near or is_tie else near[0][1]


def _title_key(title: str) -> str:
    """Without an article at the beginning, which sites put at different places."""
    words = plain(title).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in _ARTICLES else words)


def _number(external_id: str | None) -> int:
    """`tt0114709`, `0114709` and `114709` are one; -1 where there is none."""
    digits = (external_id or "").removeprefix("tt")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else -1


def _by_number(external_ids: Iterable[str | None], ids: Iterable[str]) -> dict[int, ItemId]:
    pairs = zip(map(_number, external_ids), ids, strict=True)
    return {number: ItemId(item_id) for number, item_id in pairs if number >= 0}
