"""Strong generalisation (Liang et al. 2018): people the model has never seen."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tastemaker.core.errors import NotEnoughData, RequestInvalid
from tastemaker.core.history import History
from tastemaker.core.interaction import Action
from tastemaker.core.training_set import TrainingSet
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.training_set import build_training_set
from tastemaker.train.part_of import of_items, used_items
from tastemaker.train.split import Protocol, Split, SplitConfig, Splits

MAX_SHARE = 6
"""Validation and test get at most one user in six each, so that small data leaves some to learn."""


def split_strong(
    interactions: pl.DataFrame,
    items: pl.DataFrame | None,
    weights: FeedbackWeights,
    config: SplitConfig,
) -> Splits:
    """High ratings only, all counting the same; users for validation and test drawn by the seed.

    The vocabulary is what the remaining users used. Of each drawn user's items in it, the share
    `given` makes the history and the rest is asked for; users with fewer than `min_entries` of
    them are not. The draws follow the published code: users in the order of their ids, items in
    the order of the source, numpy's legacy generator seeded anew for the users, for the items of
    validation and for those of the test. Round 0 is theirs; each later one asks the people drawn
    before them, never those of validation. Raises NotEnoughData, or RequestInvalid for a round
    that nobody is left for.
    """
    positive = interactions.filter(_is_liked(config.min_stars / 5 * weights.max_rating))
    full, user_ids = build_training_set(positive, items, weights)
    active = _in_order_of_ids(
        np.flatnonzero(np.diff(full.user_ptr) >= config.min_entries), user_ids
    )
    n_asked = min(config.max_users, len(active) // MAX_SHARE)
    if not n_asked:
        raise NotEnoughData(
            f"Only {len(active)} users have {config.min_entries} items rated well",
            where="protocol strong",
            next_step="Give more interactions, or evaluate by the protocol last-out.",
        )
    drawn = active[np.random.RandomState(config.seed).permutation(len(active))]
    of_validation = slice(len(drawn) - 2 * n_asked, len(drawn) - n_asked)
    test, others = _of_round(np.delete(drawn, of_validation), n_asked, config.round)
    known = of_items(full.equally_weighted(), used_items(full.users(others)))
    row = _rows(known, user_ids, positive)
    training = known.users(others)
    return Splits(
        Protocol.STRONG,
        validation=_asked(training, known, row, user_ids, drawn[of_validation], config),
        test=_asked(training, known, row, user_ids, test, config),
        note=f"Scaled down to {n_asked} users each for validation and test."
        if n_asked < config.max_users
        else "",
    )


def _of_round(
    users: NDArray[np.int64], n_asked: int, number: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The people asked in that round, from the end of the draw on, and all others."""
    stop = len(users) - number * n_asked
    if stop < n_asked:
        raise RequestInvalid(
            f"There are not so many people that round {number} could ask others than those before",
            where="rounds",
            next_step=f"Ask for {len(users) // n_asked} rounds at most.",
        )
    return users[stop - n_asked : stop], np.delete(users, slice(stop - n_asked, stop))


def _is_liked(stars: float) -> pl.Expr:
    return (pl.col("action") != Action.RATE.value) | (pl.col("value") > stars)


def _asked(
    training: TrainingSet,
    known: TrainingSet,
    row: NDArray[np.int64],
    user_ids: NDArray[np.str_],
    users: NDArray[np.int64],
    config: SplitConfig,
) -> Split:
    rng = np.random.RandomState(config.seed)
    kept, histories, relevant = [], [], []
    for user in users:
        start, end = known.user_ptr[user], known.user_ptr[user + 1]
        n_entries = int(end - start)
        if n_entries < config.min_entries:
            continue
        in_source_order = start + np.argsort(row[start:end], kind="stable")
        n_out = int((1 - config.given) * n_entries + 1e-9)
        out = in_source_order[rng.choice(n_entries, size=n_out, replace=False)]
        if not n_out:
            continue
        kept.append(user)
        histories.append(_newest_first(known, np.setdiff1d(np.arange(start, end), out)))
        relevant.append(np.sort(known.item[out]))
    if not kept:
        raise NotEnoughData(
            "None of the drawn users has enough items that others know",
            where="protocol strong",
            next_step="Give more interactions.",
        )
    return Split(training, user_ids[kept], histories, relevant, np.zeros(len(kept), np.int64))


def _newest_first(known: TrainingSet, entries: NDArray[np.int64]) -> History:
    newest = entries[::-1]
    return History(known.item[newest], known.weight[newest], known.at_s[newest])


def _in_order_of_ids(users: NDArray[np.int64], user_ids: NDArray[np.str_]) -> NDArray[np.int64]:
    """By number where every id is one, else by text."""
    ids = [str(user_ids[user]) for user in users]
    if all(text.isascii() and text.isdigit() for text in ids):
        return users[np.argsort([int(text) for text in ids], kind="stable")]
    return users[np.argsort(ids, kind="stable")]


def _rows(
    known: TrainingSet, user_ids: NDArray[np.str_], interactions: pl.DataFrame
) -> NDArray[np.int64]:
    """(n_events,): place in the source of the first event of every entry."""
    user_id = np.repeat(user_ids, np.diff(known.user_ptr))
    entries = pl.DataFrame({"user_id": user_id, "item_id": known.item_ids[known.item]})
    first = interactions.group_by("user_id", "item_id").agg(pl.col("row").min())
    joined = entries.join(first, on=["user_id", "item_id"], how="left", maintain_order="left")
    return joined["row"].to_numpy()
