"""A process beside this one that is begun again whenever it ends, until it is not wanted."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import ParamSpec

import structlog

from tastemaker.roles.apart import EffortConfig, within_bounds

log = structlog.get_logger(__name__)

_RESTART_PAUSE_S = 1.0
_STOP_LIMIT_S = 15.0

Arguments = ParamSpec("Arguments")


@contextmanager
def kept_running(
    effort: EffortConfig,
    work: Callable[Arguments, object],
    /,
    *args: Arguments.args,
    **kwargs: Arguments.kwargs,
) -> Iterator[None]:
    """Beside this process until the block ends; work that was killed or broke begins again.

    At the end it gets SIGTERM and some seconds. It may have processes of its own.
    """
    context = get_context("spawn")

    def process() -> BaseProcess:
        return context.Process(
            target=within_bounds, args=(effort, work, args, kwargs), name="tastemaker-beside"
        )

    kept = _Kept(process)
    keeper = threading.Thread(target=kept.keep, name="keep-beside", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        kept.end()
        keeper.join()


class _Kept:
    """process: a fresh one at each call, not begun."""

    def __init__(self, process: Callable[[], BaseProcess]) -> None:
        self._process = process
        self._ended = threading.Event()
        # One that begins after the end has begun would be ended by nobody.
        self._beginning = threading.Lock()
        self._begin()

    def keep(self) -> None:
        while not self._ended.is_set():
            self._current.join()
            if not self._ended.wait(_RESTART_PAUSE_S):
                self._begin_again()

    def end(self) -> None:
        with self._beginning:
            self._ended.set()
        self._current.terminate()
        self._current.join(_STOP_LIMIT_S)
        self._current.kill()

    def _begin(self) -> None:
        process = self._process()
        process.start()
        self._current = process

    def _begin_again(self) -> None:
        with self._beginning:
            if self._ended.is_set():
                return
            log.error("work beside ended, begins again", status=self._current.exitcode)
            try:
                self._begin()
            except OSError as error:
                log.error("work beside does not begin", why=str(error))
