"""Plays the newest events of a data set onto the bus, as if they happened now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from tastemaker.core.clock import Clock
from tastemaker.core.interaction import Interaction
from tastemaker.core.topics import InteractionHappened, Topic
from tastemaker.ports import Bus
from tastemaker.store.disk import write_whole

_N_AT_ONCE = 1_000


class Pace(BaseModel, frozen=True, extra="forbid"):
    """When each event is due after the first one."""

    period_s: float | None = Field(default=None, ge=0)  # between two; none: their real gaps
    speed_up: float = Field(default=1.0, gt=0)  # so many seconds of the gaps pass in one

    def due_s(self, events: Sequence[Interaction]) -> list[float]:
        """(len(events),), rising from 0."""
        if self.period_s is not None:
            return [number * self.period_s for number in range(len(events))]
        first = events[0].at if events else None
        return [(event.at - first).total_seconds() / self.speed_up for event in events if first]


class Progress(BaseModel, frozen=True, extra="forbid"):
    """of: names the events played. n_sent: so many, the oldest first."""

    of: str
    n_sent: int


@dataclass(frozen=True, slots=True)
class Simulator:
    """events: oldest first. name: of these events; the position in another set does not count.

    stopwatch: monotonic seconds. wait: returns after so many seconds, True where it must end.
    """

    events: Sequence[Interaction]
    name: str
    pace: Pace
    file: Path
    bus: Bus
    clock: Clock
    stopwatch: Callable[[], float]
    wait: Callable[[float], bool]

    def run(self, on_progress: Callable[[int], None]) -> int:
        """Goes on where it was stopped; killed, it sends at most the last batch again, whose
        events are known by their ids. Returns how many are sent in all. Raises BusUnavailable.
        """
        n_sent = self.sent_before()
        due_s = self.pace.due_s(self.events)
        started_s = self.stopwatch() - (due_s[n_sent] if n_sent < len(due_s) else 0.0)
        while n_sent < len(self.events):
            left_s = started_s + due_s[n_sent] - self.stopwatch()
            if left_s > 0 and self.wait(left_s):
                break
            end = self._due_by(due_s, n_sent, self.stopwatch() - started_s)
            self._send(self.events[n_sent:end])
            n_sent = end
            write_whole(self.file, Progress(of=self.name, n_sent=n_sent).model_dump_json().encode())
            on_progress(n_sent)
        return n_sent

    def sent_before(self) -> int:
        try:
            progress = Progress.model_validate_json(self.file.read_bytes())
        except (OSError, ValidationError):
            return 0
        return progress.n_sent if progress.of == self.name else 0

    def _due_by(self, due_s: Sequence[float], start: int, now_s: float) -> int:
        end = start + 1
        while end < len(due_s) and due_s[end] <= now_s and end - start < _N_AT_ONCE:
            end += 1
        return end

    def _send(self, events: Sequence[Interaction]) -> None:
        now = self.clock()
        happened = [InteractionHappened.of(replace(event, at=now)) for event in events]
        self.bus.publish(
            Topic.INTERACTIONS, [event.message(event.event_id, event.user_id) for event in happened]
        )
