"""Every table there is, for the migrations."""

from tastemaker.store import (
    account_picture_table,
    account_tables,
    interaction_table,
    retrain_table,
    review_table,
    slate_tables,
)
from tastemaker.store.schema import metadata

TABLES = (
    interaction_table.interactions,
    account_tables.accounts,
    account_tables.devices,
    account_tables.sign_ins,
    account_tables.sign_in_failures,
    account_picture_table.account_pictures,
    review_table.reviews,
    slate_tables.stored_slates,
    slate_tables.shown_slates,
    slate_tables.slate_feedback,
    slate_tables.user_genres,
    retrain_table.retrain_state,
)

__all__ = ["TABLES", "metadata"]
