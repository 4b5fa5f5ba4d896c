"""What a training reads: the data set and the live events, without what the jury did last."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tastemaker.core.training_set import TrainingSet
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.training_set import build_training_set
from tastemaker.ingest.dataset import Dataset
from tastemaker.store.interactions import InteractionLog
from tastemaker.train.cases import Numbered, cases_between
from tastemaker.train.jury import JuryConfig, hold_out
from tastemaker.train.split import Split


@dataclass(frozen=True, slots=True)
class Material:
    """jury: what to ask a version about, in the numbering of `training`; maybe no cases.

    newest_at_s: int64 (n_cases,), Unix seconds of the last of each person's held-out events.
    n_live_rows: number of the last live event read, 0 where there is none.
    """

    training: TrainingSet
    jury: Split
    newest_at_s: NDArray[np.int64]
    n_live_rows: int

    def newest(self, max_cases: int) -> Split:
        """Those of the jury who did something last."""
        chosen = np.sort(np.argsort(-self.newest_at_s, kind="stable")[:max_cases])
        return _of_cases(self.jury, chosen)

    @property
    def n_asked(self) -> int:
        """Items that are to be found, of everybody together."""
        return sum(len(items) for items in self.jury.relevant)

    def among(self, newest: pl.DataFrame) -> "Material":
        """Asking only for what these interactions name too."""
        by_user = newest.group_by("user_id").agg("item_id")
        named = dict(zip(by_user["user_id"], by_user["item_id"].to_list(), strict=True))
        item_ids = self.training.item_ids
        relevant = [
            items[np.isin(item_ids[items], np.array(named.get(user, []), np.str_))]
            for user, items in zip(self.jury.user_ids.tolist(), self.jury.relevant, strict=True)
        ]
        left = np.flatnonzero([len(items) > 0 for items in relevant])
        jury = _of_cases(replace(self.jury, relevant=relevant), left)
        return replace(self, jury=jury, newest_at_s=self.newest_at_s[left])


def gather(
    dataset: Dataset,
    live: InteractionLog,
    weights: FeedbackWeights,
    jury: JuryConfig,
    max_live_row: int | None = None,
) -> Material:
    """max_live_row: as in `read_interactions`. Raises FileUnreadable, StoreUnavailable."""
    interactions, n_live_rows = read_interactions(dataset, live, max_live_row)
    held = hold_out(interactions, weights, jury)
    before = Numbered(*build_training_set(held.rest, dataset.read_items(), weights))
    after = Numbered(*build_training_set(held.newest, None, weights))
    cases = cases_between(before, after)
    newest_at_s = _newest_at_s(after, cases.user_ids)
    return Material(before.training, cases, newest_at_s, n_live_rows)


def read_interactions(
    dataset: Dataset, live: InteractionLog, max_live_row: int | None = None
) -> tuple[pl.DataFrame, int]:
    """With the number of the last live event read, 0 where there is none.

    max_live_row: the last live event to read, to see what an earlier reading saw.
    """
    frames = list(live.since())
    if max_live_row is not None:
        frames = [frame.filter(pl.col("row") <= max_live_row) for frame in frames]
    n_live_rows = max((row for frame in frames for row in frame["row"].tail(1)), default=0)
    return with_live(dataset.read_interactions(), frames), n_live_rows


def _of_cases(jury: Split, chosen: NDArray[np.int64]) -> Split:
    return Split(
        jury.training,
        jury.user_ids[chosen],
        [jury.histories[case] for case in chosen],
        [jury.relevant[case] for case in chosen],
        jury.request_at_s[chosen],
    )


def _newest_at_s(after: Numbered, user_ids: NDArray[np.str_]) -> NDArray[np.int64]:
    ptr, at_s = after.training.user_ptr, after.training.at_s
    number = {user: at for at, user in enumerate(after.user_ids)}
    own = (slice(ptr[at], ptr[at + 1]) for at in (number[user] for user in user_ids))
    return np.array([at_s[one].max() for one in own], np.int64)


def with_live(interactions: pl.DataFrame, live: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The live events behind the data set's, numbered on, so that equal times keep this order."""
    if not live:
        return interactions
    first_row = interactions["row"].max()
    offset = 1 + (first_row if isinstance(first_row, int) else -1)
    later = pl.concat(live).with_columns(pl.col("row") + offset)
    return pl.concat([interactions, later.select(interactions.columns)])
