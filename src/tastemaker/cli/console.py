"""How the command line speaks: bars on a terminal, lines elsewhere, errors in one line."""

import errno
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO, cast

import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from tastemaker.core import trace
from tastemaker.core.errors import DiskFull, TastemakerError

Report = Callable[[str, float], None]
"""Called with the name of a step and the share of it that is done, in [0, 1]."""

out = Console()
err = Console(stderr=True)


def configure_logs() -> None:
    """Lines on standard error: readable on a terminal, JSON elsewhere. Once in every process."""
    renderer: Processor = structlog.processors.JSONRenderer()
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer(colors=False)
    every_line: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_request,
        structlog.processors.format_exc_info,
    ]
    lines = cast(TextIO, _Lines(sys.stderr))
    structlog.configure(
        processors=[*every_line, renderer], logger_factory=structlog.PrintLoggerFactory(lines)
    )
    # What libraries say comes out in the same form.
    of_libraries = logging.StreamHandler(lines)
    of_libraries.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=every_line,
            processors=[ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[of_libraries], level=logging.WARNING, force=True)


class _Lines:
    """A stream that may end on a full disk: what it cannot take is no reason for work to fail."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def _with_request(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    request_id = trace.current()
    return {**event, trace.HEADER: request_id} if request_id else event


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """Bars on a terminal; one structured line a finished step elsewhere."""
    if not err.is_terminal:
        log = structlog.get_logger("tastemaker")

        reported: set[str] = set()

        def report_line(step: str, done: float) -> None:
            if done >= 1.0 and step not in reported:
                reported.add(step)
                log.info("step done", work=title, step=step)

        yield report_line
        return
    columns = (
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as bars:
        tasks: dict[str, int] = {}

        def report_bar(step: str, done: float) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(f"{title}: {step}", total=1.0)
            bars.update(tasks[step], completed=done)  # type: ignore[arg-type]

        yield report_bar


def explain(error: TastemakerError) -> None:
    """One clear line: what, where, what to do."""
    err.print("[bold red]error[/]", str(error), soft_wrap=True, highlight=False)


def as_typed(error: OSError) -> TastemakerError | None:
    """An operating system's error in words; None for one that is not about this machine's state."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            "The disk is full",
            where=str(error.filename or ""),
            next_step="Free some space, or put the data elsewhere with --home FOLDER.",
        )
    return None


def announce(address: str) -> None:
    out.print(f"Tastemaker answers at [bold]{address}[/]  (API: {address}/docs)")
    out.print("Ctrl-C stops it.")
