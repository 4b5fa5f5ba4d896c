"""Work in another process: its outcome, its errors, its end."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tastemaker.core.errors import EnvironmentProblem, NotFound
from tastemaker.roles.apart import EffortConfig, end_apart, run_apart, run_beside


def standing(_: None) -> tuple[int, int]:
    """Niceness and number of cores of the process."""
    return os.nice(0), len(os.sched_getaffinity(0))


def failing() -> None:
    raise NotFound("nothing here", where="there", next_step="Look elsewhere.")


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def told_to_end() -> str:
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(os.getpid(), number)
    return "done"


def endless() -> None:
    threading.Event().wait()


def test_the_outcome_comes_back() -> None:
    assert run_apart(divmod, 7, 2) == (3, 1)


def test_an_error_comes_back_whole() -> None:
    with pytest.raises(NotFound, match=r"nothing here \(there\). Look elsewhere."):
        run_apart(failing)


def test_a_killed_process_is_told_of() -> None:
    with pytest.raises(EnvironmentProblem, match="ended from outside"):
        run_apart(killed)


def test_signals_to_the_whole_group_end_no_work() -> None:
    assert run_apart(told_to_end) == "done"


def test_work_ends_at_once_where_all_is_ended() -> None:
    with ThreadPoolExecutor() as pool:
        working = pool.submit(run_apart, endless)
        while not working.done():
            end_apart()
        with pytest.raises(EnvironmentProblem, match="ended from outside"):
            working.result()


def test_work_beside_stands_back_and_leaves_a_core_where_there_are_more() -> None:
    niceness, n_cores = run_beside(EffortConfig(niceness=7), standing, None)
    assert niceness == min(19, os.nice(0) + 7)
    assert n_cores == max(1, len(os.sched_getaffinity(0)) - 1)
