"""What every user of the data set did, readable in microseconds without the data set."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tastemaker.core.history import PastEvent
from tastemaker.core.ids import ItemId, UserId
from tastemaker.core.interaction import Action
from tastemaker.features.arrays import damaged, load_array, save_array
from tastemaker.features.text_column import TextColumn

_ARRAYS: dict[str, np.dtype[Any]] = {
    "starts": np.dtype(np.int64),
    "item": np.dtype(np.int32),
    "action": np.dtype(np.uint8),
    "value": np.dtype(np.float32),
    "at_s": np.dtype(np.int64),
}


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """Events of all users end to end, each user's from the oldest to the newest.

    starts: (n_users + 1,), events of user u are [starts[u], starts[u + 1]). item: place in
    item_ids. action: place in `actions`, those that occur. value: nan where the action has none.
    at_s: 0 in data without times. All but the names of items and actions may lie on the disk.
    """

    user_ids: TextColumn
    item_ids: tuple[str, ...]
    actions: tuple[Action, ...]
    starts: NDArray[np.int64]
    item: NDArray[np.int32]
    action: NDArray[np.uint8]
    value: NDArray[np.float32]
    at_s: NDArray[np.int64]

    @classmethod
    def build(cls, interactions: pl.DataFrame) -> Self:
        """interactions: user_id, item_id, action, value, at and row of every event."""
        users = interactions["user_id"].unique().sort()
        items = interactions["item_id"].unique().sort()
        actions = interactions["action"].unique().sort()
        events = (
            interactions.lazy()
            .select(
                "row",
                pl.col("value").fill_null(float("nan")),
                user=_place("user_id", users).cast(pl.Int64),
                item=_place("item_id", items).cast(pl.Int32),
                action=_place("action", actions).cast(pl.UInt8),
                at_s=pl.col("at").dt.epoch("s").fill_null(0),
            )
            .sort("user", "at_s", "row")
            .collect()
        )
        n_events = np.bincount(events["user"].to_numpy(), minlength=len(users))
        return cls(
            TextColumn.of(users),
            tuple(items.to_list()),
            tuple(Action(name) for name in actions),
            starts=np.concatenate([[0], np.cumsum(n_events)]),
            item=events["item"].to_numpy(),
            action=events["action"].to_numpy(),
            value=events["value"].to_numpy(),
            at_s=events["at_s"].to_numpy(),
        )

    @property
    def n_users(self) -> int:
        return len(self.user_ids)

    @property
    def n_events(self) -> int:
        return len(self.item)

    def __contains__(self, user_id: str) -> bool:
        return self.user_ids.find(user_id) is not None

    def past(self, user_id: UserId) -> list[PastEvent]:
        """Oldest first; empty for a user who is not in the data set."""
        user = self.user_ids.find(user_id)
        if user is None:
            return []
        of_user = slice(int(self.starts[user]), int(self.starts[user + 1]))
        columns = (self.item, self.action, self.value, self.at_s)
        rows = zip(*(column[of_user].tolist() for column in columns), strict=True)
        return [
            PastEvent(
                ItemId(self.item_ids[item]),
                self.actions[action],
                None if value != value else value,
                at_s,
            )
            for item, action, value, at_s in rows
        ]

    def save(self, folder: Path) -> None:
        """Into a folder that is there."""
        self.user_ids.save(folder, "user_ids")
        TextColumn.of(pl.Series(self.item_ids, dtype=pl.String)).save(folder, "item_ids")
        TextColumn.of(pl.Series(map(str, self.actions), dtype=pl.String)).save(folder, "actions")
        for name in _ARRAYS:
            save_array(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Memory-maps what `save` wrote. Raises FileUnreadable."""
        user_ids = TextColumn.load(folder, "user_ids")
        item_ids = TextColumn.load(folder, "item_ids").texts()
        actions = tuple(map(Action, TextColumn.load(folder, "actions").texts()))
        arrays = {name: load_array(folder / f"{name}.npy", kind) for name, kind in _ARRAYS.items()}
        loaded = cls(user_ids, item_ids, actions, **arrays)
        loaded._check(folder)
        return loaded

    def _check(self, folder: Path) -> None:
        of_events = {len(self.item), len(self.action), len(self.value), len(self.at_s)}
        is_whole = len(self.starts) == self.n_users + 1 and of_events == {int(self.starts[-1])}
        if not is_whole:
            raise damaged(folder, "their parts do not fit together")


def _place(column: str, sorted_texts: pl.Series) -> pl.Expr:
    return pl.col(column).cast(pl.Enum(sorted_texts)).to_physical()
