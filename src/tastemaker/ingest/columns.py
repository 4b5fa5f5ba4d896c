"""Which column of a foreign table means what."""

from typing import Self

from pydantic import BaseModel, Field, model_validator

from tastemaker.core.interaction import Action
from tastemaker.core.item import ItemKind

LIST_SEPARATOR = "\x1f"
"""Stands between the entries of a list once a reader has turned it into text."""


class ColumnMap(BaseModel, frozen=True, extra="forbid"):
    """Columns of a table of interactions, by name. A column left out is not read."""

    user: str = Field(default="user_id", min_length=1)
    item: str = Field(default="item_id", min_length=1)
    action: str | None = None  # holds the names of actions
    value: str | None = None  # stars, share watched or quantity, by the action
    at: str | None = None  # Unix seconds, milliseconds or microseconds, or ISO 8601
    price: str | None = None
    default_action: Action | None = None  # where there is no action; None: rate or watched
    item_kind: ItemKind = ItemKind.PRODUCT  # of items that no table of items describes

    @property
    def action_of_all(self) -> Action:
        """The action of a row that states none: a rating where there is a value."""
        if self.default_action is not None:
            return self.default_action
        return Action.WATCHED if self.value is None else Action.RATE

    def wanted(self) -> dict[str, str]:
        """Our name of each mapped field to its column."""
        fields = {
            "user_id": self.user,
            "item_id": self.item,
            "action": self.action,
            "value": self.value,
            "at": self.at,
            "price": self.price,
        }
        return {field: column for field, column in fields.items() if column is not None}


class ItemColumnMap(BaseModel, frozen=True, extra="forbid"):
    """Columns of a table of items, by name. A column left out is not read."""

    item: str = Field(default="item_id", min_length=1)
    title: str | None = None
    year: str | None = None
    genres: str | None = None
    description: str | None = None
    tags: str | None = None
    price: str | None = None
    image: str | None = None
    imdb_id: str | None = None
    tmdb_id: str | None = None
    available: str | None = None  # false, 0 or no: not to be recommended
    separator: str = Field(default="|", min_length=1)  # between genres and between tags
    kind: ItemKind = ItemKind.PRODUCT  # of all items of the table

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if len(self.wanted()) == 1:
            raise ValueError("map at least one column besides the item's id")
        return self

    def wanted(self) -> dict[str, str]:
        """Our name of each mapped field to its column."""
        mapped = self.model_dump(exclude={"separator", "kind", "item"}, exclude_none=True)
        return {"item_id": self.item, **mapped}
