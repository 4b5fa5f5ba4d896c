import threading
from collections.abc import Iterator, Sequence

import pytest

from tastemaker.core.errors import StoreBusy
from tastemaker.store.group_commit import GroupCommit, GroupCommitConfig


class Gate:
    """A writer that notes its groups and waits at a gate before each."""

    def __init__(self) -> None:
        self.groups: list[list[list[int]]] = []
        self.entered = threading.Semaphore(0)
        self.may_go_on = threading.Semaphore(0)

    def write(self, groups: Sequence[Sequence[int]]) -> list[int]:
        self.entered.release()
        self.may_go_on.acquire()
        self.groups.append([list(rows) for rows in groups])
        return [sum(rows) for rows in groups]


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def commit(gate: Gate) -> Iterator[GroupCommit[int, int]]:
    config = GroupCommitConfig(max_waiting_rows=4, max_rows_per_commit=3)
    commit = GroupCommit(gate.write, config)
    yield commit
    gate.may_go_on.release(100)
    commit.close()


def test_what_comes_in_during_a_write_is_written_together(
    gate: Gate, commit: GroupCommit[int, int]
) -> None:
    first = commit.submit([1])
    assert gate.entered.acquire(timeout=10)
    rest = [commit.submit([number]) for number in (2, 3, 4, 5)]
    gate.may_go_on.release(100)
    assert [future.result(timeout=10) for future in [first, *rest]] == [1, 2, 3, 4, 5]
    assert gate.groups == [[[1]], [[2], [3], [4]], [[5]]]


def test_more_than_the_bound_is_refused_as_busy(gate: Gate, commit: GroupCommit[int, int]) -> None:
    commit.submit([1])
    assert gate.entered.acquire(timeout=10)
    waiting = commit.submit([1, 1, 1, 1])
    with pytest.raises(StoreBusy):
        commit.submit([1])
    gate.may_go_on.release(100)
    assert waiting.result(timeout=10) == 4
    assert commit.submit([7]).result(timeout=10) == 7


def test_one_large_batch_goes_in_when_nothing_waits(
    gate: Gate, commit: GroupCommit[int, int]
) -> None:
    gate.may_go_on.release(100)
    assert commit.submit([1] * 10).result(timeout=10) == 10


def test_a_caller_that_goes_away_disturbs_nobody(gate: Gate, commit: GroupCommit[int, int]) -> None:
    gone = commit.submit([1])
    assert not gone.cancel()
    gate.may_go_on.release(100)
    assert commit.submit([2]).result(timeout=10) == 2
    assert gone.result(timeout=10) == 1
