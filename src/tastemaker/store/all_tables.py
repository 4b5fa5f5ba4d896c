"""Every table there is, for the migrations."""

from tastemaker.store import account_tables, interaction_table, review_table
from tastemaker.store.schema import metadata

TABLES = (
    interaction_table.interactions,
    account_tables.accounts,
    account_tables.devices,
    account_tables.sign_ins,
    account_tables.sign_in_failures,
    review_table.reviews,
)

__all__ = ["TABLES", "metadata"]
