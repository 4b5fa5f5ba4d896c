"""What a slate may be asked for, the same in addresses and in bodies."""

from pydantic import BaseModel, Field

from tastemaker.api.ids import ShortText
from tastemaker.api.slate_cursor import SlateCursor
from tastemaker.core.ids import Id, ItemId
from tastemaker.recommend.filters import Filters

DEFAULT_K = 20
MAX_K = 200
"""Items of a slate."""


class SlateConditions(BaseModel, frozen=True, extra="forbid"):
    k: int = Field(
        default=DEFAULT_K, ge=1, le=MAX_K, description="Items wanted; fewer where fewer match."
    )
    genre: list[ShortText] = Field(default=[], max_length=50, description="Any of these.")
    genre_all: list[ShortText] = Field(default=[], max_length=50, description="All of these.")
    genre_none: list[ShortText] = Field(default=[], max_length=50, description="None of these.")
    year_from: int | None = Field(default=None, ge=0, le=9999)
    year_to: int | None = Field(default=None, ge=0, le=9999)
    exclude: list[Id] = Field(default=[], max_length=1_000, description="Items to leave out.")

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the length and the variant is asked for."""
        return self.model_fields_set <= {"k", "model"}

    def filters(self) -> Filters:
        return Filters(**self._filter_values())

    def _filter_values(self) -> dict[str, object]:
        return {
            "genres_any": tuple(self.genre),
            "genres_all": tuple(self.genre_all),
            "genres_none": tuple(self.genre_none),
            "year_from": self.year_from,
            "year_to": self.year_to,
            "exclude": tuple(ItemId(item) for item in self.exclude),
        }


class PersonalConditions(SlateConditions, frozen=True, extra="forbid"):
    model: ShortText | None = Field(default=None, description="A variant; none: the default one.")
    seen: bool = Field(default=False, description="Whether items already used may come again.")
    cursor: SlateCursor = None

    def filters(self) -> Filters:
        return Filters(**self._filter_values(), include_seen=self.seen)
