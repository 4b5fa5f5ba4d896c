"""Slates of a moment ago, for whoever asks the same before anything has changed."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from tastemaker.api.slate_answer import slate_answer
from tastemaker.api.slate_cursor import packed_shown
from tastemaker.api.stored_answer import StoredAnswer, sent
from tastemaker.core.ids import UserId
from tastemaker.core.slate import Slate
from tastemaker.ingest.catalogue import Catalogue

_BYTES_AN_ENTRY = 1_000
"""Of what is around the answer itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """conditions: JSON of what was asked for. version: of the models that answer."""

    user_id: UserId
    variant: str
    version: str
    conditions: str


def _answer_of(slate: Slate, catalogue: Catalogue, k: int, revision: int) -> StoredAnswer:
    body = slate_answer(slate, catalogue)
    del body["session_id"], body["next_cursor"]
    return StoredAnswer(
        revision,
        k,
        slate.model_version,
        tuple(item.item_id for item in slate.items),
        packed_shown(slate, None, k),
        orjson.dumps(body),
    )


class RememberedSlates:
    """The latest asked for stay, within the bound. Safe to use from several threads.

    A slate is the same as long as the history is, but for the moment: so it is kept for a moment.
    """

    def __init__(self, max_bytes: int, keep_s: float, stopwatch: Callable[[], float]) -> None:
        """stopwatch: monotonic seconds."""
        self._max_bytes = max_bytes
        self._keep_s = keep_s
        self._stopwatch = stopwatch
        self._kept: OrderedDict[Asked, tuple[StoredAnswer, float]] = OrderedDict()
        self._n_bytes = 0
        self._lock = threading.Lock()

    def find(self, asked: Asked, revision: int) -> StoredAnswer | None:
        """None where the user has done something since."""
        with self._lock:
            answer, at_s = self._kept.get(asked, (None, 0.0))
            if answer is None:
                return None
            if answer.revision == revision and self._stopwatch() - at_s <= self._keep_s:
                self._kept.move_to_end(asked)
                return answer
            self._drop(asked)
            return None

    def keep(self, asked: Asked, answer: StoredAnswer) -> None:
        with self._lock:
            if asked in self._kept:
                self._drop(asked)
            self._kept[asked] = (answer, self._stopwatch())
            self._n_bytes += _size(asked, answer)
            while self._n_bytes > self._max_bytes:
                self._drop(next(iter(self._kept)))

    @property
    def n_bytes(self) -> int:
        return self._n_bytes

    def _drop(self, asked: Asked) -> None:
        answer, _ = self._kept.pop(asked)
        self._n_bytes -= _size(asked, answer)


class Remembering:
    """One request. revision: of the user's events, read before the slate is computed."""

    def __init__(self, remembered: RememberedSlates, asked: Asked, revision: int) -> None:
        self._remembered = remembered
        self._asked = asked
        self._revision = revision
        self.found = remembered.find(asked, revision)

    def kept(self, slate: Slate, catalogue: Catalogue, k: int) -> bytes:
        """The slate as it is sent."""
        answer = _answer_of(slate, catalogue, k, self._revision)
        self._remembered.keep(self._asked, answer)
        return sent(answer, slate.session_id)


def _size(asked: Asked, answer: StoredAnswer) -> int:
    return len(answer.body) + len(answer.packed or "") + len(asked.conditions) + _BYTES_AN_ENTRY
