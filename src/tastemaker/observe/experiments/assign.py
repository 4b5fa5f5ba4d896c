"""Which variant a user gets: always the same one, without anything being kept.

Weighted rendezvous hashing (Thaler & Ravishankar 1998; weights as in Schindelhauer & Schomaker
2005): every variant draws a number from the user's hash and the largest wins. A variant whose
weight grows only gains users, one whose weight shrinks only loses some, nobody else moves.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tastemaker.core.ids import UserId
from tastemaker.observe.experiments.experiment_config import ExperimentConfig

_BYTES = 8


class Assigned(NamedTuple):
    """variant: None for the default one. experiment: None outside of any."""

    variant: str | None
    experiment: str | None


@dataclass(frozen=True, slots=True)
class Experiments:
    """At most one of them is on at any moment."""

    configs: Mapping[str, ExperimentConfig]

    def assign(self, user_id: UserId, at: datetime) -> Assigned:
        for name, config in self.configs.items():
            if config.is_on(at):
                return Assigned(variant_of(user_id, name, config), name)
        return Assigned(None, None)


def variant_of(user_id: UserId, name: str, config: ExperimentConfig) -> str:
    """name: of the experiment, which is its salt where it has none of its own."""
    salt = config.salt or name
    return max(config.variants, key=lambda v: _draw(user_id, salt, v, config.variants[v]))


def _draw(user_id: UserId, salt: str, variant: str, weight: float) -> float:
    """-weight / log u with u uniform in (0, 1): the largest is each variant's by its weight."""
    # With their lengths, so that no salt and variant can be taken for others.
    drawn = f"{len(salt)}:{salt}{len(variant)}:{variant}{user_id}".encode()
    digest = hashlib.blake2b(drawn, digest_size=_BYTES).digest()
    uniform = (int.from_bytes(digest) + 0.5) / 2.0 ** (8 * _BYTES)
    return -weight / math.log(min(uniform, math.nextafter(1.0, 0.0)))
