"""A slate that was computed a moment ago, for whoever asks the same before anything has changed."""

import orjson

from tastemaker.api.slate_answer import slate_answer
from tastemaker.api.slate_cache import SlateCache, Wanted
from tastemaker.api.slate_cursor import packed_shown
from tastemaker.api.stored_answer import StoredAnswer, sent
from tastemaker.core.slate import Slate
from tastemaker.ingest.catalogue import Catalogue


class Remembering:
    """One request. revision: of the user's events, read before the slate is computed."""

    def __init__(self, remembered: SlateCache, wanted: Wanted, revision: int) -> None:
        self._remembered = remembered
        self._wanted = wanted
        self._revision = revision
        found = remembered.get(wanted)
        # The user may have done something since, of which nobody told.
        self.found = None if found is None or found.revision != revision else found

    def kept(self, slate: Slate, catalogue: Catalogue, k: int) -> bytes:
        """The slate as it is sent."""
        answer = _answer_of(slate, catalogue, k, self._revision)
        self._remembered.put(self._wanted, answer)
        return sent(answer, slate.session_id)


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
