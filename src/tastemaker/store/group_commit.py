"""Writes of concurrent requests share one commit, so that each need not wait for its own disk."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, Field

from tastemaker.core.errors import EnvironmentProblem, StoreBusy, StoreUnavailable

Row = TypeVar("Row")
Result = TypeVar("Result")


class GroupCommitConfig(BaseModel, frozen=True, extra="forbid"):
    max_waiting_rows: int = Field(default=50_000, ge=1)  # beyond it a write is refused as busy
    max_rows_per_commit: int = Field(default=5_000, ge=1)


@dataclass(frozen=True, slots=True)
class _Submission(Generic[Row, Result]):
    rows: Sequence[Row]
    done: "Future[Result]"


class GroupCommit(Generic[Row, Result]):
    """One thread that writes whatever has come in while it wrote the last group.

    write: takes the rows of several submissions, commits them together and returns one result
    for each. It is called by one thread at a time.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Sequence[Row]]], Sequence[Result]],
        config: GroupCommitConfig,
    ) -> None:
        self._write = write
        self._config = config
        self._changed = threading.Condition()
        self._waiting: deque[_Submission[Row, Result]] = deque()
        self._n_waiting_rows = 0
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    def submit(self, rows: Sequence[Row]) -> "Future[Result]":
        """Done when the rows are durable. Raises StoreBusy when too many wait already."""
        submission: _Submission[Row, Result] = _Submission(rows, Future())
        # From here on nobody can cancel it: a caller that goes away does not take its rows back.
        submission.done.set_running_or_notify_cancel()
        with self._changed:
            if self._is_closed:
                raise StoreUnavailable("The store is closing", next_step="Try again.")
            n_waiting_rows = self._n_waiting_rows + len(rows)
            # A submission larger than the bound still goes in when nothing else waits.
            if self._waiting and n_waiting_rows > self._config.max_waiting_rows:
                raise StoreBusy(
                    f"{self._n_waiting_rows} events wait to be written",
                    next_step="Send it again in a moment; the same event_id is counted once.",
                )
            self._waiting.append(submission)
            self._n_waiting_rows = n_waiting_rows
            self._changed.notify()
        return submission.done

    def n_waiting(self) -> int:
        """Rows that are not being written yet."""
        return self._n_waiting_rows

    def close(self) -> None:
        """Write what waits, then stop."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            self._commit(group)

    def _next_group(self) -> list[_Submission[Row, Result]]:
        """Waits for something to write. Empty once closed and everything is written."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            group: list[_Submission[Row, Result]] = []
            n_rows = 0
            while self._waiting:
                n_rows += len(self._waiting[0].rows)
                if group and n_rows > self._config.max_rows_per_commit:
                    break
                group.append(self._waiting.popleft())
                self._n_waiting_rows -= len(group[-1].rows)
            return group

    def _commit(self, group: Sequence[_Submission[Row, Result]]) -> None:
        try:
            results = self._write([submission.rows for submission in group])
        except Exception as error:
            if len(group) == 1 or isinstance(error, EnvironmentProblem):
                for submission in group:
                    submission.done.set_exception(error)
                return
            # One submission may be at fault: the others must not suffer for it.
            for submission in group:
                self._commit([submission])
            return
        for submission, result in zip(group, results, strict=True):
            submission.done.set_result(result)
