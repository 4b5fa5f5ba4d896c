"""How much is kept somewhere."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """n_bytes: about, where to know it exactly all would have to be read."""

    n: int
    n_bytes: int
