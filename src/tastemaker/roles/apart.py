"""Work in a process of its own, so that what only it needs never lives in this one."""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import (
    active_children,
    connection,
    get_context,
    parent_process,
    resource_tracker,
)
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import ParamSpec, TypeVar

from pydantic import BaseModel, Field

from tastemaker.core.errors import ProcessEnded

Arguments = ParamSpec("Arguments")
Outcome = TypeVar("Outcome")


class EffortConfig(BaseModel, frozen=True, extra="forbid"):
    niceness: int = Field(default=0, ge=0, le=19)  # how far the process stands back for others
    n_cores: int | None = Field(default=None, ge=1)  # it may run on; none: all but one


FULL_EFFORT = EffortConfig(n_cores=sys.maxsize)

_NAME = "tastemaker-apart"
_OF_THE_GROUP = (signal.SIGINT, signal.SIGTERM)
"""Reach every process of the group, as Ctrl-C and systemd send them: the parent decides."""


def run_apart(
    work: Callable[Arguments, Outcome], /, *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Outcome:
    """Returns what the work does; it ends with this process, however that ends.

    Raises what the work raised, and ProcessEnded where its process was killed.
    """
    return run_beside(FULL_EFFORT, work, *args, **kwargs)


def run_beside(
    effort: EffortConfig,
    work: Callable[Arguments, Outcome],
    /,
    *args: Arguments.args,
    **kwargs: Arguments.kwargs,
) -> Outcome:
    """The same with bounded effort, so that this process goes on answering meanwhile."""
    receiving, process = _begun(effort, work, args, kwargs)
    try:
        failure, outcome = receiving.recv()
    except (EOFError, OSError):  # an OSError where it ended in the middle of what it told
        process.join()
        raise ProcessEnded(
            f"The working process was ended from outside (exit status {process.exitcode})",
            next_step="Often memory ran out: free some, then start again; nothing is half done.",
        ) from None
    finally:
        process.kill()
        process.join()
    if failure is not None:
        raise failure
    done: Outcome = outcome
    return done


@contextmanager
def begun_apart(work: Callable[[], object]) -> Iterator[None]:
    """Beside what this process does in the block, and ended with it. What it does or raises is
    not looked at."""
    unread, process = _begun(FULL_EFFORT, work, (), {})
    try:
        yield
    finally:
        process.kill()
        process.join()
        unread.close()


def end_apart() -> None:
    """All that is under way apart, as if it had been ended from outside."""
    for process in active_children():
        if process.name == _NAME:
            process.kill()


# Before multiprocessing waits for them, after a SIGTERM that they ignore.
atexit.register(end_apart)


def _begun(
    effort: EffortConfig,
    work: Callable[..., object],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> tuple[Connection, BaseProcess]:
    """Where what the work does is told, and its process."""
    # spawn: a fork would copy the threads and locks of this process.
    context = get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(
        target=_report,
        args=(sending, effort, work, args, kwargs),
        name=_NAME,
        daemon=True,
    )
    resource_tracker.ensure_running()  # its own start would let the signals through again
    # The process begins without them too, until it can ignore them.
    let_through = signal.pthread_sigmask(signal.SIG_BLOCK, _OF_THE_GROUP)
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, let_through)
    sending.close()
    return receiving, process


def _report(
    sending: Connection,
    effort: EffortConfig,
    work: Callable[..., object],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> None:
    told: tuple[Exception | None, object]
    for number in _OF_THE_GROUP:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _OF_THE_GROUP)
    try:
        told = (None, within_bounds(effort, work, args, kwargs))
    except Exception as error:
        told = (error, None)
    # Where the parent was killed nobody reads it, and this process is about to end too.
    with suppress(BrokenPipeError):
        sending.send(told)


def within_bounds(
    effort: EffortConfig,
    work: Callable[..., object],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> object:
    """Of a process begun for it, which ends with the one that began it."""
    # Ctrl-C reaches the whole group: the parent decides, and ends this process with itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _bound(effort)
    return work(*args, **kwargs)


def _end_with_parent() -> None:
    """A parent that is killed takes nobody with it by itself."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _bound(effort: EffortConfig) -> None:
    if effort.niceness and hasattr(os, "nice"):
        os.nice(effort.niceness)
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        n_cores = effort.n_cores or max(1, len(cores) - 1)
        os.sched_setaffinity(0, cores[-n_cores:])
