"""The pictures there are of a film."""

from enum import StrEnum


class PictureKind(StrEnum):
    POSTER = "poster"
    BACKDROP = "backdrop"


class PictureSize(StrEnum):
    """Widths in pixels, as the outside API names them."""

    W154 = "w154"
    W342 = "w342"
    W500 = "w500"
    W780 = "w780"
    W1280 = "w1280"

    @property
    def width_px(self) -> int:
        return int(self.value.removeprefix("w"))
