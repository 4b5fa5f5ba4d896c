"""Messages that do not go out are counted, and named by the request they were of."""

import threading
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

LIMIT_S = 30.0


class _Away:
    def publish(self, _topic: str, _messages: Sequence[Message]) -> None:
        raise BusUnavailable("It is away")


class _Silent(_Away):
    """Says nothing until it is given up."""

    def __init__(self) -> None:
        self.n_asked = 0
        self.asked = threading.Event()
        self.given_up = threading.Event()

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        self.n_asked += 1
        self.asked.set()
        assert self.given_up.wait(LIMIT_S)
        super().publish(topic, messages)


def test_a_bus_that_is_away_at_the_end_is_not_waited_for_again_and_again() -> None:
    bus, n_lost = _Silent(), list[int]()
    one_by_one = GroupCommitConfig(max_rows_per_commit=1)
    outbox = Outbox(cast(Bus, bus), one_by_one, n_lost.append)
    sent = [outbox.send(Topic.INTERACTIONS, [Message(f"m{n}", "", b"{}")]) for n in range(5)]
    outbox.tell(Topic.UPDATES, [Message("told", "", b"{}")])
    assert bus.asked.wait(LIMIT_S)
    closing = threading.Thread(target=outbox.close)
    closing.start()
    bus.given_up.set()
    closing.join(LIMIT_S)
    # What was on its way when the end began, and one more at most.
    assert bus.n_asked <= 2
    assert all(isinstance(one.exception(), BusUnavailable) for one in sent)
    assert n_lost == [1]


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
