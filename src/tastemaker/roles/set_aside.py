"""Messages that could not be handled: looked at, and given back to where they came from."""

from dataclasses import replace

from tastemaker.core.message import Delivery
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus, Subscription

GROUP = "operator"
_N_AT_ONCE = 1_000
_WAIT_S = 3.0
_WHENCE = ("topic", "group", "why")


def waiting(bus: Bus) -> list[Delivery]:
    """In the order they were set aside; they stay. Raises BusUnavailable."""
    subscription = bus.subscribe([Topic.SET_ASIDE], GROUP)
    try:
        return _all(subscription)
    finally:
        subscription.close()


def replay(bus: Bus) -> int:
    """Gives each back to its topic, where every group reads it again; how many. Killed on the way
    it gives some back twice, which changes nothing. Raises BusUnavailable."""
    subscription = bus.subscribe([Topic.SET_ASIDE], GROUP)
    try:
        # All before the first is given back: what fails again must not be read in the same run.
        found = _all(subscription)
        for delivery in found:
            told = delivery.message.headers
            headers = {name: value for name, value in told.items() if name not in _WHENCE}
            bus.publish(told["topic"], [replace(delivery.message, headers=headers)])
        subscription.acknowledge(found)
    finally:
        subscription.close()
    return len(found)


def _all(subscription: Subscription) -> list[Delivery]:
    found: list[Delivery] = []
    while batch := subscription.poll(_N_AT_ONCE, _WAIT_S):
        found += batch
    return found
