"""The columns a ranker reads, in their order."""

from collections.abc import Sequence

SHARED_SIGNALS = 4
"""Of so many signals the share of the best candidate's value is told as well."""

BLEND = ("blend", "blend_below_best", "blend_rank")
FIRST = ("first_below_best", "first_best", "first_sum_10", "first_z", "first_per_use")
ITEM = (
    "n_uses", "mean_weight", "uses_1_day", "uses_7_days", "uses_30_days", "age", "year",
    "place", "place_to_own",
)  # fmt: skip
PAIR = (
    "year_to_last_1", "year_to_last_5", "year_to_last_30", "year_to_all",
    "genre_last_1", "genre_last_5", "genre_last_30", "genre_all",
    "uses_to_last_1", "uses_to_last_5", "uses_to_last_30", "uses_to_all",
)  # fmt: skip
WORDS = ("words_last_1", "words_last_5", "words_last_30", "words_all")
HISTORY = (
    "n_history", "gap_1", "gap_2", "gap_5", "n_last_30_minutes", "n_last_day", "span",
    "mean_own_weight", "mean_own_weight_5", "own_weight_1", "year_spread_5",
)  # fmt: skip
SURPRISE = (
    "surprise_1", "surprise_2", "surprise_3", "surprise_4", "surprise_5", "surprise_mean_10",
)  # fmt: skip
REQUEST = ("request_gap", "request_within_10_minutes", "request_within_a_day")
"""They read the moment of the request."""


def feature_names(signals: Sequence[str], uses_moment: bool) -> tuple[str, ...]:
    """signals: names, in the order of the rows given to `assemble`."""
    return (
        *signals,
        *(f"rank_of_{name}" for name in signals),
        *(f"share_of_{name}" for name in signals[:SHARED_SIGNALS]),
        *BLEND,
        *FIRST,
        *ITEM,
        *PAIR,
        *WORDS,
        *HISTORY,
        *SURPRISE,
        *(REQUEST if uses_moment else ()),
    )
