"""The log of slates in two collections of MongoDB."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, MongoClient
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, OperationFailure

from tastemaker.adapters.mongo_client import Document, address, connect, database_of, mongo_errors
from tastemaker.core.errors import SlateLogUnavailable
from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action
from tastemaker.core.kept import Kept
from tastemaker.core.slate_record import AnsweredSlate, ShownSlate, SlateFeedback
from tastemaker.store.instants import from_us, to_us

_DUPLICATE_KEY = 11000
_OTHER_OPTIONS = (85, 86)
"""Of an index that is there already."""

_N_AT_ONCE = 1_000
_SLATES_A_READ = 500


class MongoSlateLog:
    """keep_s: slates shown longer ago are forgotten by the server. timeout_s: until it counts as
    away."""

    def __init__(self, url: str, keep_s: float, timeout_s: float) -> None:
        self._client: MongoClient[Document] = connect(url, timeout_s)
        database = database_of(self._client)
        self._shown = database["shown_slates"]
        self._feedback = database["slate_feedback"]
        self._where = address(url)
        self._keep_s = int(keep_s)
        self._has_indexes = False

    def record(self, shown: Sequence[ShownSlate], feedback: Sequence[SlateFeedback]) -> None:
        with self._errors():
            self._make_indexes()
            _insert_missing(self._shown, [_of_shown(slate) for slate in shown])
            _insert_missing(self._feedback, [_of_feedback(answer) for answer in feedback])

    def find(self, session_id: SessionId) -> AnsweredSlate | None:
        with self._errors():
            found = self._shown.find_one({"_id": session_id})
            return None if found is None else self._answered([found])[0]

    def read(
        self, experiment: str | None, since: datetime, until: datetime
    ) -> Iterator[AnsweredSlate]:
        query: Document = {} if experiment is None else {"experiment": experiment}
        query["at_us"] = {"$gte": to_us(since), "$lt": to_us(until)}
        order = [("at_us", ASCENDING), ("_id", ASCENDING)]
        while True:
            with self._errors():
                page = list(self._shown.find(query).sort(order).limit(_SLATES_A_READ))
                slates = self._answered(page)
            yield from slates
            if len(page) < _SLATES_A_READ:
                return
            at_us, session_id = page[-1]["at_us"], page[-1]["_id"]
            query["$or"] = [
                {"at_us": {"$gt": at_us}},
                {"at_us": at_us, "_id": {"$gt": session_id}},
            ]

    def kept(self) -> Kept:
        with self._errors():
            n = self._shown.count_documents({})
            told = [
                one.database.command("collStats", one.name) for one in (self._shown, self._feedback)
            ]
        return Kept(n, sum(int(one["size"]) for one in told))

    def prune(self, before: datetime) -> None:
        """The server does so itself by its index; this does it for another moment."""
        is_old = {"at_us": {"$lt": to_us(before)}}
        with self._errors():
            while old := [
                one["_id"] for one in self._shown.find(is_old, {"_id": 1}).limit(_N_AT_ONCE)
            ]:
                self._feedback.delete_many({"session_id": {"$in": old}})
                self._shown.delete_many({"_id": {"$in": old}})
            sessions = self._feedback.distinct("session_id", is_old)
            for start in range(0, len(sessions), _N_AT_ONCE):
                self._drop_orphans(sessions[start : start + _N_AT_ONCE], is_old)

    def forget(self, user_id: UserId) -> None:
        of_user = {"user_id": user_id}
        with self._errors():
            while found := list(self._shown.find(of_user, {"_id": 1}).limit(_N_AT_ONCE)):
                self._drop([one["_id"] for one in found])
            self._feedback.delete_many(of_user)

    def close(self) -> None:
        self._client.close()

    def _drop(self, sessions: Sequence[str]) -> None:
        self._feedback.delete_many({"session_id": {"$in": sessions}})
        self._shown.delete_many({"_id": {"$in": sessions}})

    def _drop_orphans(self, sessions: Sequence[str], is_old: Document) -> None:
        known = {one["_id"] for one in self._shown.find({"_id": {"$in": sessions}}, {"_id": 1})}
        lost = [session for session in sessions if session not in known]
        self._feedback.delete_many({"session_id": {"$in": lost}, **is_old})

    def _answered(self, page: Sequence[Document]) -> list[AnsweredSlate]:
        sessions = [one["_id"] for one in page]
        feedback: dict[str, list[SlateFeedback]] = defaultdict(list)
        order = [("at_us", ASCENDING), ("_id", ASCENDING)]
        for one in self._feedback.find({"session_id": {"$in": sessions}}).sort(order):
            feedback[one["session_id"]].append(_feedback_of(one))
        return [AnsweredSlate(_shown_of(one), tuple(feedback[one["_id"]])) for one in page]

    def _make_indexes(self) -> None:
        if self._has_indexes:
            return
        for collection in (self._shown, self._feedback):
            _forget_after(collection, self._keep_s)
            collection.create_index("at_us")
        self._shown.create_index([("experiment", ASCENDING), ("at_us", ASCENDING)])
        self._shown.create_index("user_id")
        self._feedback.create_index("session_id")
        self._feedback.create_index("user_id")
        self._has_indexes = True

    def _errors(self) -> Any:
        return mongo_errors(self._where, SlateLogUnavailable)


def _forget_after(collection: Collection[Document], keep_s: int) -> None:
    """By an index of the server, also where one is there that was made for another time."""
    try:
        collection.create_index("at", expireAfterSeconds=keep_s)
    except OperationFailure as error:
        if error.code not in _OTHER_OPTIONS:
            raise
        index = {"keyPattern": {"at": ASCENDING}, "expireAfterSeconds": keep_s}
        collection.database.command("collMod", collection.name, index=index)


def _insert_missing(collection: Collection[Document], documents: Sequence[Document]) -> None:
    if not documents:
        return
    try:
        collection.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        details: Any = error.details
        if any(one["code"] != _DUPLICATE_KEY for one in details["writeErrors"]):
            raise


def _of_shown(shown: ShownSlate) -> Document:
    return {
        "_id": shown.session_id,
        "user_id": shown.user_id,
        "experiment": shown.experiment,
        "variant": shown.variant,
        "model_version": shown.model_version,
        "source": shown.source,
        "item_ids": list(shown.item_ids),
        "at_us": to_us(shown.at),
        "at": shown.at,
    }


def _shown_of(document: Document) -> ShownSlate:
    return ShownSlate(
        session_id=SessionId(document["_id"]),
        user_id=UserId(document["user_id"]),
        experiment=document["experiment"],
        variant=document["variant"],
        model_version=document["model_version"],
        source=document["source"],
        item_ids=tuple(ItemId(item_id) for item_id in document["item_ids"]),
        at=from_us(document["at_us"]),
    )


def _of_feedback(feedback: SlateFeedback) -> Document:
    return {
        "_id": feedback.event_id,
        "session_id": feedback.session_id,
        "item_id": feedback.item_id,
        "action": feedback.action.value,
        "user_id": feedback.user_id,
        "at_us": to_us(feedback.at),
        "at": feedback.at,
    }


def _feedback_of(document: Document) -> SlateFeedback:
    answered_by = document.get("user_id")
    return SlateFeedback(
        event_id=EventId(document["_id"]),
        session_id=SessionId(document["session_id"]),
        item_id=ItemId(document["item_id"]),
        action=Action(document["action"]),
        at=from_us(document["at_us"]),
        user_id=None if answered_by is None else UserId(answered_by),
    )
