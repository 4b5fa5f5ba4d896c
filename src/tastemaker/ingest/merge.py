"""What a data set becomes when more is added, such that the same thing added twice adds nothing."""

import hashlib
from dataclasses import dataclass

import polars as pl

from tastemaker.ingest.frames import SAME_EVENT

_VERSION_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Tables:
    """interactions: INTERACTIONS_SCHEMA, but without `row` before they are merged."""

    interactions: pl.DataFrame
    items: pl.DataFrame


def merged(before: Tables | None, added: Tables) -> Tables:
    if before is None:
        return Tables(merge_interactions(None, added.interactions), added.items)
    return Tables(
        merge_interactions(before.interactions, added.interactions),
        merge_items(before.items, added.items),
    )


def is_same(before: Tables, after: Tables) -> bool:
    """Whether the merge of something into `before` added nothing and described no item anew."""
    has_same_events = len(before.interactions) == len(after.interactions)
    return has_same_events and before.items.equals(after.items)


def version_of(before: str | None, content: str) -> str:
    """Name of the version that adds this content to the one before."""
    return hashlib.sha256(f"{before or ''}+{content}".encode()).hexdigest()[:_VERSION_LENGTH]


def merge_interactions(before: pl.DataFrame | None, added: pl.DataFrame) -> pl.DataFrame:
    """Every event once, the earlier rows first, `row` counted anew from 0.

    Rows that agree in user, item, action and time are one event; the first of them stays, with
    its value and price.
    """
    rows = added if before is None else pl.concat([before.drop("row"), added])
    events = rows.unique(SAME_EVENT, keep="first", maintain_order=True)
    return events.with_row_index("row").select(*added.columns, pl.col("row").cast(pl.Int64))


def merge_items(before: pl.DataFrame | None, added: pl.DataFrame) -> pl.DataFrame:
    """Every item once: in the place where it was first, as it was described last."""
    if before is None:
        return added
    fresh = added.join(before, on="item_id", how="anti", maintain_order="left")
    kept = before.join(added, on="item_id", how="anti", maintain_order="left")
    order = pl.concat([before["item_id"], fresh["item_id"]]).to_frame()
    return order.join(
        pl.concat([kept, added]), on="item_id", how="left", maintain_order="left"
    ).select(before.columns)
