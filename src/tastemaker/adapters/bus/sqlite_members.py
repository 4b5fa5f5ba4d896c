"""Who reads an embedded bus: a member lives as long as its process holds a lock on a file.

The kernel lets the lock go when the process ends, however it ends, so that the partitions of a
killed member are free at once and no clock is asked.
"""

import fcntl
import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tastemaker.adapters.bus.sqlite_file import writing
from tastemaker.core.errors import BusUnavailable

_JOIN = "INSERT INTO members (group_name, topics) VALUES (?, ?) RETURNING member_id"


class Membership:
    """One member of one group, from construction to `leave`."""

    def __init__(
        self, connection: sqlite3.Connection, file: Path, topics: Sequence[str], group: str
    ) -> None:
        self._connection = connection
        self._folder = file.with_name(f"{file.name}-members")
        self._group = group
        self._folder.mkdir(exist_ok=True)
        with ExitStack() as undone:
            with writing(connection):
                self._sweep()
                (self.member_id,) = connection.execute(
                    _JOIN, (group, json.dumps(list(topics)))
                ).fetchone()
                self._lock = os.open(self._lock_file(self.member_id), os.O_CREAT | os.O_RDWR)
                undone.callback(os.close, self._lock)
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            undone.pop_all()

    def living(self) -> dict[int, frozenset[str]]:
        """Topics by member of the group; whoever is dead is struck off.

        Raises BusUnavailable where this member is not there any more.
        """
        rows = self._connection.execute(
            "SELECT member_id, topics FROM members WHERE group_name = ? ORDER BY member_id",
            (self._group,),
        ).fetchall()
        if self.member_id not in dict(rows):
            raise BusUnavailable(
                "The bus does not know this reader any more",
                where=str(self._folder),
                next_step="Subscribe again; leave the folder to the bus.",
            )
        dead = [member_id for member_id, _ in rows if not self._is_alive(member_id)]
        if dead:
            with writing(self._connection):
                for member_id in dead:
                    self._strike_off(member_id)
        return {
            member_id: frozenset(json.loads(topics))
            for member_id, topics in rows
            if member_id not in dead
        }

    def leave(self) -> None:
        # Where the file cannot be written the others find the lock gone.
        os.close(self._lock)
        with writing(self._connection):
            self._strike_off(self.member_id)

    def _is_alive(self, member_id: int) -> bool:
        if member_id == self.member_id:
            return True
        try:
            lock = os.open(self._lock_file(member_id), os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
        except BlockingIOError:
            return True
        finally:
            os.close(lock)

    def _strike_off(self, member_id: int) -> None:
        self._connection.execute("DELETE FROM members WHERE member_id = ?", (member_id,))
        self._lock_file(member_id).unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Files of members that died while they joined."""
        known = {str(row) for (row,) in self._connection.execute("SELECT member_id FROM members")}
        for path in self._folder.iterdir():
            if path.name not in known:
                path.unlink(missing_ok=True)

    def _lock_file(self, member_id: int) -> Path:
        return self._folder / str(member_id)
