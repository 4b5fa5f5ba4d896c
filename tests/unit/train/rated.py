"""Interactions of a small made-up world for the tests of training."""

from datetime import UTC, datetime

import numpy as np
import polars as pl


def ratings(n_users: int, n_items: int, per_user: int, seed: int = 0) -> pl.DataFrame:
    """Users u0.. rate `per_user` distinct items i0.. in the order of their numbers."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(n_users):
        start_s = int(rng.integers(0, 1_000_000))
        chosen = np.sort(rng.choice(n_items, size=per_user, replace=False))
        for place, item in enumerate(chosen):
            stars = float(rng.choice([2.0, 4.0, 5.0], p=[0.2, 0.4, 0.4]))
            rows.append((f"u{user}", f"i{item}", stars, start_s + place * 50_000))
    return rated(rows)


def rated(rows: list[tuple[str, str, float, int]]) -> pl.DataFrame:
    """(user, item, stars, Unix seconds) in the order of their source."""
    return pl.DataFrame(
        {
            "user_id": pl.Series([row[0] for row in rows], dtype=pl.String),
            "item_id": pl.Series([row[1] for row in rows], dtype=pl.String),
            "action": pl.Series(["rate"] * len(rows), dtype=pl.String),
            "value": pl.Series([row[2] for row in rows], dtype=pl.Float32),
            "price": pl.Series([None] * len(rows), dtype=pl.Float32),
            "at": pl.Series(
                [datetime.fromtimestamp(row[3], UTC) for row in rows],
                dtype=pl.Datetime("us", "UTC"),
            ),
            "row": pl.Series(range(len(rows)), dtype=pl.Int64),
        }
    )
