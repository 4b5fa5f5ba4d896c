"""Work in a process of its own, so that what only it needs never lives in this one."""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import ParamSpec

from tastemaker.core.errors import EnvironmentProblem

Arguments = ParamSpec("Arguments")


def run_apart(
    work: Callable[Arguments, None], /, *args: Arguments.args, **kwargs: Arguments.kwargs
) -> None:
    """Returns when the work is done; it ends with this process, however that ends.

    Raises what the work raised, and EnvironmentProblem where its process was killed.
    """
    # spawn: a fork would copy the threads and locks of this process.
    context = get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(
        target=_report, args=(sending, work, args, kwargs), name="tastemaker-apart", daemon=True
    )
    process.start()
    sending.close()
    try:
        failure = receiving.recv()
    except EOFError:
        process.join()
        raise EnvironmentProblem(
            f"The working process was ended from outside (exit status {process.exitcode})",
            next_step="Often memory ran out: free some, then start again; nothing is half done.",
        ) from None
    finally:
        process.terminate()
        process.join()
    if failure is not None:
        raise failure


def _report(
    sending: Connection,
    work: Callable[..., None],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> None:
    try:
        work(*args, **kwargs)
    except Exception as error:
        sending.send(error)
    else:
        sending.send(None)
