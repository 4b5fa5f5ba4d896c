"""Messages that could not be handled: looked at, and given back to where they came from."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tastemaker.core.errors import BusUnavailable
from tastemaker.core.ids import MAX_ID_LENGTH
from tastemaker.core.message import Delivery, Message
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus, Subscription

GROUP = "operator"
_N_AT_ONCE = 1_000
_WAIT_S = 1.0
_WHENCE = ("topic", "group", "why")
_MAX_WHY = 1_000
_CUT_BYTES = 10_000


def aside(delivery: Delivery, group: str, why: str) -> Message:
    """The message with where it comes from."""
    told = {"topic": delivery.topic, "group": group, "why": why[:_MAX_WHY]}
    return replace(delivery.message, headers={**delivery.message.headers, **told})


def cut(message: Message) -> Message:
    """What can be shown of one that the bus refuses with all that is told of it."""
    told = {name: message.headers[name] for name in _WHENCE}
    told["why"] = f"cut, {len(message.value):,} bytes were too large; {told['why']}"[:_MAX_WHY]
    return Message(message.message_id[:MAX_ID_LENGTH], "", message.value[:_CUT_BYTES], told)


@dataclass(frozen=True, slots=True)
class Operator:
    """limit_s: within which the next message that is there must come; a broker lets a reader in
    after seconds, and one that was killed keeps others out for some. stopwatch: monotonic seconds.
    """

    bus: Bus
    limit_s: float
    stopwatch: Callable[[], float]

    def waiting(self) -> list[Delivery]:
        """In the order they were set aside; they stay. Raises BusUnavailable."""
        subscription = self.bus.subscribe([Topic.SET_ASIDE], GROUP)
        try:
            return self._all(subscription)
        finally:
            subscription.close()

    def replay(self) -> int:
        """Gives each back to its topic, where every group reads it again; how many. One that names
        no topic stays. Killed on the way it gives some back twice, which changes nothing. Raises
        BusUnavailable."""
        subscription = self.bus.subscribe([Topic.SET_ASIDE], GROUP)
        try:
            # All before the first is given back: what fails again must not be read in the same run.
            found = self._all(subscription)
            given_back = [_given_back(delivery.message) for delivery in found]
            for topic, message in given_back:
                self.bus.publish(topic, [message])
            subscription.acknowledge(found)
        finally:
            subscription.close()
        return sum(topic is not Topic.SET_ASIDE for topic, _ in given_back)

    def _all(self, subscription: Subscription) -> list[Delivery]:
        found: list[Delivery] = []
        until_s = self.stopwatch() + self.limit_s
        while len(found) < (n := self.bus.lag(Topic.SET_ASIDE, GROUP)):
            batch = subscription.poll(_N_AT_ONCE, _WAIT_S)
            found += batch
            if batch:
                until_s = self.stopwatch() + self.limit_s
            elif self.stopwatch() > until_s:
                raise BusUnavailable(
                    f"{n} messages are set aside, {len(found)} came within {self.limit_s:.0f} s",
                    next_step="Try again; another `tastemaker events` may be reading them.",
                )
        return found


def _given_back(message: Message) -> tuple[Topic, Message]:
    """As it was, and where it came from; where nobody knows that, it stays as it is."""
    told = message.headers
    named = next((topic for topic in Topic if topic == told.get("topic")), Topic.SET_ASIDE)
    if named is Topic.SET_ASIDE:
        return named, message
    headers = {name: value for name, value in told.items() if name not in _WHENCE}
    return named, replace(message, headers=headers)
