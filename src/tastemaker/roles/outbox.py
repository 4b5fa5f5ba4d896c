"""Messages on their way to the bus, so that nobody who is answered waits for it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import structlog

from tastemaker.core import trace
from tastemaker.core.errors import BusUnavailable, EnvironmentProblem, StoreBusy
from tastemaker.core.message import Message
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus
from tastemaker.store.group_commit import GroupCommit, GroupCommitConfig

log = structlog.get_logger(__name__)

Addressed = tuple[Topic, Message]


class Outbox:
    """Messages that come in together go out together. Safe to use from several threads."""

    def __init__(
        self,
        bus: Bus,
        config: GroupCommitConfig,
        on_lost: Callable[[int], None] = lambda _n: None,
    ) -> None:
        """on_lost: takes how many messages nobody waited for did not go out."""
        self._bus = bus
        self._on_lost = on_lost
        self._is_closing = False
        self._is_given_up = False
        self._writer: GroupCommit[Addressed, None] = GroupCommit(self._publish, config)

    def send(self, topic: Topic, messages: Sequence[Message]) -> "Future[None]":
        """Done when they are durable. Raises StoreBusy; the future may hold BusUnavailable."""
        return self._writer.submit([(topic, message) for message in messages])

    def tell(self, topic: Topic, messages: Sequence[Message]) -> None:
        """Returns at once and never raises: what does not go out is counted and named."""
        try:
            self.send(topic, messages).add_done_callback(lambda done: self._noted(done, messages))
        except StoreBusy as error:
            self._lose(messages, error)

    def n_waiting(self) -> int:
        return self._writer.n_waiting()

    def close(self) -> None:
        """Send what waits, then stop. Once the bus is found away, what waits still is given up:
        nobody was told that it is durable."""
        self._is_closing = True
        self._writer.close()

    def _noted(self, done: "Future[None]", messages: Sequence[Message]) -> None:
        error = done.exception()
        if error is not None:
            self._lose(messages, error)

    def _lose(self, messages: Sequence[Message], error: BaseException) -> None:
        if not messages:
            return
        self._on_lost(len(messages))
        # Told of by the thread that writes, which works for no request.
        with trace.joined(messages[0].headers):
            log.warning("messages not sent", n_messages=len(messages), why=str(error))

    def _publish(self, groups: Sequence[Sequence[Addressed]]) -> list[None]:
        if self._is_given_up:
            raise BusUnavailable("The bus was away when this server ended")
        by_topic: defaultdict[Topic, list[Message]] = defaultdict(list)
        for group in groups:
            for topic, message in group:
                by_topic[topic].append(message)
        try:
            for topic, messages in by_topic.items():
                self._bus.publish(topic, messages)
        except EnvironmentProblem:
            self._is_given_up = self._is_closing
            raise
        return [None] * len(groups)
