"""Stored slates in a collection of MongoDB."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from pymongo import ASCENDING, MongoClient, ReplaceOne
from pymongo.errors import BulkWriteError

from tastemaker.adapters.mongo_client import Document, address, connect, database_of, mongo_errors
from tastemaker.adapters.slates.slate_name import name_of
from tastemaker.core.clock import Clock
from tastemaker.core.errors import SlatesUnavailable
from tastemaker.core.kept import Kept
from tastemaker.core.stored_slate import (
    SlateKey,
    SlateKind,
    StoredSlate,
    last_credible,
    latest,
)
from tastemaker.store.instants import from_us, to_us

_COLLECTION = "recommendations"
_BY_AGE = [("made_at_us", ASCENDING), ("_id", ASCENDING)]
_NAMED = ["made_at_us", "kind", "owner_id", "variant"]
_DUPLICATE_KEY = 11000
_N_AT_ONCE = 100
"""Few enough for the time limit of one request."""


class MongoSlates:
    """ttl_s: counted from when a slate is put. timeout_s: until MongoDB counts as away."""

    def __init__(self, url: str, clock: Clock, ttl_s: float, timeout_s: float) -> None:
        self._client: MongoClient[Document] = connect(url, timeout_s)
        self._slates = database_of(self._client)[_COLLECTION]
        self._where = address(url)
        self._clock = clock
        self._ttl_s = ttl_s
        self._has_indexes = False

    def get(self, key: SlateKey) -> StoredSlate | None:
        with self._errors():
            found = self._slates.find_one({"_id": name_of(key)})
        if found is None or found["expires_at"] <= self._clock():
            return None
        return StoredSlate(
            key, found["model_version"], from_us(found["made_at_us"]), found["answer"]
        )

    def put_many(self, slates: Sequence[StoredSlate]) -> None:
        self._make_indexes()
        now = self._clock()
        # One of each key: the server puts them in any order.
        left = iter(latest(slates, now))
        while some := list(islice(left, _N_AT_ONCE)):
            self._put(some, now)

    def older_than(
        self, made_before: datetime, model_version: str, n: int
    ) -> Iterator[Sequence[SlateKey]]:
        is_old = [
            {"made_at_us": {"$lt": to_us(made_before)}},
            {"model_version": {"$ne": model_version}},
        ]
        conditions: list[Document] = [{"$or": is_old}, self._alive()]
        following = conditions
        while True:
            with self._errors():
                found = self._slates.find({"$and": following}, _NAMED)
                page = list(found.sort(_BY_AGE).limit(n))
            # What an earlier release named otherwise is never met again, and expires.
            keys = [key for one in page if name_of(key := _key(one)) == one["_id"]]
            if keys:
                yield keys
            if len(page) < n:
                return
            made_at_us, last = page[-1]["made_at_us"], page[-1]["_id"]
            is_next = [
                {"made_at_us": {"$gt": made_at_us}},
                {"made_at_us": made_at_us, "_id": {"$gt": last}},
            ]
            following = [*conditions, {"made_at_us": {"$gte": made_at_us}}, {"$or": is_next}]

    def delete(self, keys: Sequence[SlateKey]) -> None:
        left = iter(keys)
        with self._errors():
            while some := [name_of(key) for key in islice(left, _N_AT_ONCE)]:
                self._slates.delete_many({"_id": {"$in": some}})

    def kept(self) -> Kept:
        with self._errors():
            n = self._slates.count_documents(self._alive())
            told = self._slates.database.command("collStats", self._slates.name)
        return Kept(n, int(told["size"]) if n else 0)

    def prune(self) -> None:
        """The server does so itself, by its index, about once a minute; this does it now."""
        with self._errors():
            self._slates.delete_many({"expires_at": {"$lte": self._clock()}})

    def close(self) -> None:
        self._client.close()

    def _put(self, slates: Sequence[StoredSlate], now: datetime) -> None:
        expires_at = now + timedelta(seconds=self._ttl_s)
        not_credible = {"made_at_us": {"$gt": to_us(last_credible(now))}}
        # Where a later one is there, nothing matches, and the insert meets its key: it stays.
        puts = [
            ReplaceOne(
                {
                    "_id": name_of(slate.key),
                    "$or": [{"made_at_us": {"$lte": to_us(slate.made_at)}}, not_credible],
                },
                _document(slate, expires_at),
                upsert=True,
            )
            for slate in slates
        ]
        with self._errors():
            try:
                self._slates.bulk_write(puts, ordered=False)
            except BulkWriteError as error:
                details: Any = error.details
                if any(one["code"] != _DUPLICATE_KEY for one in details["writeErrors"]):
                    raise

    def _alive(self) -> Document:
        return {"expires_at": {"$gt": self._clock()}}

    def _make_indexes(self) -> None:
        if not self._has_indexes:
            with self._errors():
                self._slates.create_index("expires_at", expireAfterSeconds=0)
                self._slates.create_index(_BY_AGE)
            self._has_indexes = True

    def _errors(self) -> Any:
        return mongo_errors(self._where, SlatesUnavailable)


def _key(document: Document) -> SlateKey:
    return SlateKey(SlateKind(document["kind"]), document["owner_id"], document["variant"])


def _document(slate: StoredSlate, expires_at: datetime) -> Document:
    key = slate.key
    return {
        "_id": name_of(key),
        "kind": key.kind.value,
        "owner_id": key.owner_id,
        "variant": key.variant,
        "model_version": slate.model_version,
        "made_at_us": to_us(slate.made_at),
        "answer": slate.answer,
        "expires_at": expires_at,
    }
