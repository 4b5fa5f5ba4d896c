"""Messages that do not go out are counted, and named by the request they were of."""

from collections.abc import MutableMapping, Sequence
from typing import Any, cast

from structlog.testing import capture_logs

from tastemaker.core import trace
from tastemaker.core.errors import BusUnavailable
from tastemaker.core.message import Message
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus
from tastemaker.roles.outbox import Outbox
from tastemaker.store.group_commit import GroupCommitConfig


class _Away:
    def publish(self, _topic: str, _messages: Sequence[Message]) -> None:
        raise BusUnavailable("It is away")


def _note_request(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {**event, "request_id": trace.current()}


def test_what_is_lost_is_named_by_its_request() -> None:
    n_lost: list[int] = []
    outbox = Outbox(cast(Bus, _Away()), GroupCommitConfig(), n_lost.append)
    with capture_logs([_note_request]) as lines:
        outbox.tell(Topic.UPDATES, [Message("m", "", b"{}", {"request_id": "mine"})])
        outbox.close()
    assert n_lost == [1]
    assert [(line["event"], line["request_id"]) for line in lines] == [
        ("messages not sent", "mine")
    ]
