"""Import a file: first only say what would happen, then do it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tastemaker.accounts.imports.match import Matcher
from tastemaker.accounts.imports.read import ReadFile, Rejected
from tastemaker.accounts.imports.row import ImportRow
from tastemaker.accounts.own_items import Change, OwnItem, OwnItems
from tastemaker.core.account import Account
from tastemaker.core.ids import ItemId
from tastemaker.core.marks import MarkChange


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A line whose film the catalogue does not have, or has twice."""

    line: int
    title: str
    year: int | None
    table: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """n_matched: lines of known items. n_new: items about which the file says something new.

    What the account said before is kept: an import only adds.
    """

    format: str
    n_rows: int
    n_matched: int
    n_new: int
    unmatched: tuple[Unmatched, ...]
    rejected: tuple[Rejected, ...]
    is_dry_run: bool


def import_rows(
    file: ReadFile, matcher: Matcher, own_items: OwnItems, account: Account, *, dry_run: bool
) -> ImportReport:
    """All or nothing; a second import of the same file adds nothing."""
    now = own_items.clock()
    sorted_rows = _sorted(file, matcher, now)
    said = own_items.every(account)
    changes = _additions(sorted_rows.wanted, said, own_items.config.max_review_characters)
    if not dry_run:
        own_items.save(account, changes)
    return ImportReport(
        format=file.format,
        n_rows=len(file.rows) + len(file.rejected),
        n_matched=sorted_rows.n_matched,
        n_new=len(changes),
        unmatched=tuple(sorted_rows.unmatched),
        rejected=tuple(sorted(sorted_rows.rejected, key=lambda bad: (bad.table, bad.line))),
        is_dry_run=dry_run,
    )


@dataclass(slots=True)
class _SortedRows:
    wanted: dict[ItemId, ImportRow]
    n_matched: int
    unmatched: list[Unmatched]
    rejected: list[Rejected]


def _sorted(file: ReadFile, matcher: Matcher, now: datetime) -> _SortedRows:
    found = _SortedRows({}, 0, [], list(file.rejected))
    for read in file.rows:
        row = read.row
        item_id = matcher.item(row)
        if row.at is not None and row.at > now:
            reason = f"date is in the future: {row.at.date()}"
            found.rejected.append(Rejected(read.line, reason, read.table))
        elif item_id is None:
            title = row.title or row.item_id or row.imdb_id or ""
            found.unmatched.append(Unmatched(read.line, title, row.year, read.table))
        else:
            found.n_matched += 1
            found.wanted[item_id] = _latest(found.wanted.get(item_id), row, now)
    return found


def _latest(before: ImportRow | None, row: ImportRow, now: datetime) -> ImportRow:
    """A film may stand in a diary several times and in several tables: the last word counts, and
    what only an earlier one says stays."""
    if before is None:
        return row
    earlier, later = sorted((before, row), key=lambda one: one.at or now)
    return replace(
        later,
        rating=earlier.rating if later.rating is None else later.rating,
        watched=earlier.watched or later.watched,
        on_watchlist=earlier.on_watchlist or later.on_watchlist,
        review=later.review or earlier.review,
    )


def _additions(
    wanted: Mapping[ItemId, ImportRow], said: Mapping[ItemId, OwnItem], max_review_characters: int
) -> dict[ItemId, Change]:
    changes = {}
    for item_id, row in wanted.items():
        own = said.get(item_id, OwnItem(item_id))
        review = None if own.review else (row.review or "")[:max_review_characters] or None
        marks = MarkChange(
            rating=row.rating if own.marks.rating is None else None,
            watched=True if row.watched and not own.marks.watched else None,
            on_watchlist=True if row.on_watchlist and not own.marks.on_watchlist else None,
        )
        if review or marks != MarkChange():
            changes[item_id] = Change(marks, review, at=row.at)
    return changes
