"""The loop of every role that reads the bus: nothing lost, nothing stuck on one bad message."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import structlog
from pydantic import BaseModel, Field
from tenacity import Retrying, retry_if_exception_type, wait_exponential_jitter
from tenacity.stop import stop_when_event_set

from tastemaker.core import trace
from tastemaker.core.errors import EnvironmentProblem, InputError
from tastemaker.core.message import Delivery, Message
from tastemaker.core.topics import Topic
from tastemaker.ports import Bus, Subscription
from tastemaker.roles.set_aside import aside, cut

log = structlog.get_logger(__name__)

_BEGIN_AGAIN_S = 10.0

Handle = Callable[[Sequence[Delivery]], None]
"""Does what a batch asks for; doing it twice must have the effect of once. Raises
EnvironmentProblem where a server is away, which is waited out, and anything else for a message
that cannot be handled."""


class ConsumeConfig(BaseModel, frozen=True, extra="forbid"):
    max_batch: int = Field(default=500, ge=1, le=100_000)  # messages handled together
    poll_s: float = Field(default=0.5, gt=0, le=60)  # between two looks where nothing comes
    n_tries: int = Field(default=3, ge=1, le=100)  # of one message before it is set aside
    max_pause_s: float = Field(default=5.0, gt=0, le=600)  # between tries while a server is away


class Consumer:
    """Reads topics as a member of a group until it is stopped."""

    def __init__(
        self,
        bus: Bus,
        topics: Sequence[Topic],
        group: str,
        handle: Handle,
        config: ConsumeConfig,
        on_handled: Callable[[str, int], None] = lambda _outcome, _n: None,
        on_stop: Callable[[], None] = lambda: None,
    ) -> None:
        """on_handled: takes "done" or "set_aside" and how many messages. on_stop: while a batch may
        be in hand; what it raises EnvironmentProblem for from then on is not acknowledged."""
        self._bus = bus
        self._topics = topics
        self._group = group
        self._handle = handle
        self._config = config
        self._on_handled = on_handled
        self._on_stop = on_stop
        self._stopped = threading.Event()

    def stop(self) -> None:
        """What is in hand is finished; what is not acknowledged goes to others."""
        self._stopped.set()
        self._on_stop()

    def run(self) -> None:
        """Returns once stopped. A server that is away is waited for."""
        while not self._stopped.is_set():
            try:
                subscription = self._bus.subscribe(self._topics, self._group)
            except EnvironmentProblem as error:
                self._wait_for_server(error)
                continue
            try:
                self._read(subscription)
            except EnvironmentProblem as error:
                self._wait_for_server(error)
            finally:
                with suppress(EnvironmentProblem):
                    subscription.close()

    @contextmanager
    def running(self, name: str, pause_s: float = _BEGIN_AGAIN_S) -> Iterator[None]:
        """In a thread of its own until the block ends; what breaks the loop, it begins again after
        a pause. For a process that goes on without it: nobody would see that it stands still."""

        def keep_running() -> None:
            while not self._stopped.is_set():
                try:
                    self.run()
                except Exception:
                    log.exception("consumer broken", group=self._group, again_in_s=pause_s)
                    self._stopped.wait(pause_s)

        thread = threading.Thread(target=keep_running, name=name, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.stop()
            thread.join()

    def _read(self, subscription: Subscription) -> None:
        while not self._stopped.is_set():
            deliveries = subscription.poll(self._config.max_batch, self._config.poll_s)
            if deliveries and self._work_off(deliveries):
                subscription.acknowledge(deliveries)

    def _work_off(self, deliveries: Sequence[Delivery]) -> bool:
        """False where it was stopped while a server was away: nothing may be acknowledged."""
        try:
            self._patient()(self._handle, deliveries)
        except EnvironmentProblem:
            return False
        except Exception as error:
            if len(deliveries) == 1:
                return self._one_more_time(deliveries[0], error)
            # One of them may be at fault: the others must not suffer for it.
            half = len(deliveries) // 2
            return all(self._work_off(some) for some in (deliveries[:half], deliveries[half:]))
        self._on_handled("done", len(deliveries))
        return True

    def _one_more_time(self, delivery: Delivery, error: Exception) -> bool:
        for _ in range(self._config.n_tries - 1):
            try:
                self._patient()(self._handle, [delivery])
            except EnvironmentProblem:
                return False
            except Exception as again:
                error = again
            else:
                self._on_handled("done", 1)
                return True
        with trace.joined(delivery.message.headers):
            log.error(
                "message set aside",
                topic=delivery.topic,
                message_id=delivery.message.message_id,
                group=self._group,
                why=repr(error),
            )
        if not self._put_aside(aside(delivery, self._group, repr(error))):
            return False
        self._on_handled("set_aside", 1)
        return True

    def _put_aside(self, message: Message) -> bool:
        """False where it was stopped while the bus was away."""
        try:
            try:
                self._patient()(self._bus.publish, Topic.SET_ASIDE, [message])
            except InputError as refused:
                log.error("message cut", message_id=message.message_id, why=str(refused))
                self._patient()(self._bus.publish, Topic.SET_ASIDE, [cut(message)])
        except EnvironmentProblem:
            return False
        return True

    def _patient(self) -> Retrying:
        """Tries again while a server is away, until this consumer is stopped."""
        return Retrying(
            retry=retry_if_exception_type(EnvironmentProblem),
            wait=wait_exponential_jitter(multiplier=0.1, max=self._config.max_pause_s, jitter=0.1),
            stop=stop_when_event_set(self._stopped),
            sleep=self._pause,
            before_sleep=lambda state: (
                log.warning(
                    "waiting for a server", group=self._group, why=str(state.outcome.exception())
                )
                if state.outcome is not None
                else None
            ),
            reraise=True,
        )

    def _pause(self, seconds: float) -> None:
        self._stopped.wait(seconds)

    def _wait_for_server(self, error: EnvironmentProblem) -> None:
        log.warning("waiting for the bus", group=self._group, why=str(error))
        self._stopped.wait(min(1.0, self._config.max_pause_s))
