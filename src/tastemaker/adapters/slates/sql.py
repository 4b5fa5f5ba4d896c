"""Stored slates in a table of the database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, bindparam, delete, func, select, tuple_

from tastemaker.core.clock import Clock
from tastemaker.core.errors import SlatesUnavailable, StoreUnavailable
from tastemaker.core.kept import Kept
from tastemaker.core.stored_slate import (
    SlateKey,
    SlateKind,
    StoredSlate,
    last_credible,
    latest,
)
from tastemaker.store.database import Database
from tastemaker.store.instants import from_us, to_us
from tastemaker.store.slate_tables import stored_slates
from tastemaker.store.vendor_errors import translated

_SLATE = stored_slates.c
_KEY = tuple_(_SLATE.kind, _SLATE.owner_id, _SLATE.variant)
_GET = select(_SLATE.model_version, _SLATE.made_at_us, _SLATE.answer).where(
    _SLATE.kind == bindparam("kind"),
    _SLATE.owner_id == bindparam("owner_id"),
    _SLATE.variant == bindparam("variant"),
    _SLATE.expires_at_us > bindparam("now_us"),
)
_GET_ON_SQLITE = (
    "SELECT model_version, made_at_us, answer FROM stored_slates"
    " WHERE kind = ? AND owner_id = ? AND variant = ? AND expires_at_us > ?"
)
_N_AT_ONCE = 1_000
_US_A_SECOND = 1_000_000


class SqlSlates:
    """On a migrated database. ttl_s: counted from when a slate is put."""

    def __init__(self, engine: Engine, clock: Clock, ttl_s: float) -> None:
        self._engine = engine
        self._database = Database(engine)
        self._clock = clock
        self._ttl_us = int(ttl_s * _US_A_SECOND)
        self._where = engine.url.render_as_string(hide_password=True)
        self._find = self._find_on_sqlite if engine.dialect.name == "sqlite" else self._find_by_core

    def get(self, key: SlateKey) -> StoredSlate | None:
        with _slates_errors():
            row = self._find(key, to_us(self._clock()))
        if row is None:
            return None
        model_version, made_at_us, answer = row
        return StoredSlate(key, model_version, from_us(made_at_us), answer)

    def put_many(self, slates: Sequence[StoredSlate]) -> None:
        now = self._clock()
        expires_at_us = to_us(now) + self._ttl_us
        # One of each key: one statement cannot put a row twice. In one order, so that two writers
        # cannot wait for each other.
        rows = sorted(
            (_row(slate) | {"expires_at_us": expires_at_us} for slate in latest(slates, now)),
            key=lambda row: (row["kind"], row["owner_id"], row["variant"]),
        )
        if not rows:
            return
        insert = self._database.insert(stored_slates)
        new = insert.excluded
        put = insert.on_conflict_do_update(
            index_elements=list(stored_slates.primary_key),
            set_={
                name: new[name]
                for name in ("model_version", "made_at_us", "expires_at_us", "answer")
            },
            where=(_SLATE.made_at_us <= new.made_at_us)
            | (_SLATE.made_at_us > to_us(last_credible(now))),
        )
        with _slates_errors(), self._database.writing() as connection:
            connection.execute(put, rows)

    def older_than(
        self, made_before: datetime, model_version: str, n: int
    ) -> Iterator[Sequence[SlateKey]]:
        is_old = (_SLATE.made_at_us < to_us(made_before)) | (_SLATE.model_version != model_version)
        order = (_SLATE.made_at_us, _SLATE.kind, _SLATE.owner_id, _SLATE.variant)
        page = select(*order).where(is_old, self._is_alive()).order_by(*order).limit(n)
        following = page
        while True:
            with _slates_errors(), self._database.reading() as connection:
                rows = connection.execute(following).all()
            if rows:
                yield [
                    SlateKey(SlateKind(kind), owner, variant) for _, kind, owner, variant in rows
                ]
            if len(rows) < n:
                return
            last = tuple(rows[-1])
            following = page.where(_SLATE.made_at_us >= last[0], tuple_(*order) > last)

    def delete(self, keys: Sequence[SlateKey]) -> None:
        rows = [(key.kind.value, key.owner_id, key.variant) for key in keys]
        with _slates_errors(), self._database.writing() as connection:
            for start in range(0, len(rows), _N_AT_ONCE):
                some = rows[start : start + _N_AT_ONCE]
                connection.execute(delete(stored_slates).where(_KEY.in_(some)))

    def kept(self) -> Kept:
        n_bytes = func.coalesce(func.sum(func.length(_SLATE.answer)), 0)
        statement = select(func.count(), n_bytes).where(self._is_alive())
        with _slates_errors(), self._database.reading() as connection:
            return Kept(*connection.execute(statement).one())

    def prune(self) -> None:
        with _slates_errors(), self._database.writing() as connection:
            connection.execute(delete(stored_slates).where(~self._is_alive()))

    def _is_alive(self) -> Any:
        return _SLATE.expires_at_us > to_us(self._clock())

    def _find_by_core(self, key: SlateKey, now_us: int) -> Any:
        parameters = {
            "kind": key.kind.value,
            "owner_id": key.owner_id,
            "variant": key.variant,
            "now_us": now_us,
        }
        with self._database.reading() as connection:
            return connection.execute(_GET, parameters).first()

    def _find_on_sqlite(self, key: SlateKey, now_us: int) -> Any:
        # A fifth of the time of the way through SQLAlchemy, and thousands a second are asked for.
        with translated(self._where):
            connection = self._engine.raw_connection()
            try:
                parameters = (key.kind.value, key.owner_id, key.variant, now_us)
                return connection.cursor().execute(_GET_ON_SQLITE, parameters).fetchone()
            finally:
                connection.close()


@contextmanager
def _slates_errors() -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        raise SlatesUnavailable(error.what, where=error.where, next_step=error.next_step) from error


def _row(slate: StoredSlate) -> dict[str, Any]:
    return {
        "kind": slate.key.kind.value,
        "owner_id": slate.key.owner_id,
        "variant": slate.key.variant,
        "model_version": slate.model_version,
        "made_at_us": to_us(slate.made_at),
        "answer": slate.answer,
    }
