"""What comes next: a ridge from the decayed history to the next item, solved in closed form.

A linear model of sequences: the history is written side by side at several speeds of forgetting
(the last item alone, the last few, the last few dozen), and one least-squares problem over every
prefix of every sequence finds what each of these entries says about the item that follows.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, field_validator
from scipy.sparse import csr_array

from tastemaker.core.history import History
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.array_folder import read_arrays, write_arrays
from tastemaker.models.blas_threads import blas_threads, n_cores
from tastemaker.models.decay_blocks import DecayBlocks
from tastemaker.models.history_rows import block_entries, block_rows
from tastemaker.models.item_places import ItemPlaces, largest_within, strongest_items
from tastemaker.models.item_weights import ItemWeights
from tastemaker.models.occurrences import Occurrences
from tastemaker.models.tail_weights import no_weights

if TYPE_CHECKING:
    from tastemaker.models.transition_leave_out import RidgeSystem

BYTES_PER_FLOAT = 4


class TransitionsConfig(BaseModel, frozen=True, extra="forbid"):
    half_lives_items: tuple[float, ...] = Field(
        default=(0.0, 3.0, 15.0), min_length=1, max_length=6
    )  # a block each, ascending; 0 is the last item alone
    ridge: float = Field(default=300.0, gt=0)  # regularisation, in prefixes of sequences
    max_dense_items: int = Field(default=20_000, ge=1)  # items times blocks in the dense system
    min_dense_uses: int = Field(default=10, ge=1)  # items used less often stand outside it
    max_memory_gb: float = Field(default=4.0, gt=0)  # of the dense system and its solution
    n_neighbours: int = Field(default=50, ge=1, le=1000)  # kept for an item outside it
    max_sequence_items: int = Field(default=5_000, ge=2)  # newest entries of a user read

    @field_validator("half_lives_items")
    @classmethod
    def _ascending(cls, half_lives: tuple[float, ...]) -> tuple[float, ...]:
        if any(h < 0 or h > 200 for h in half_lives) or list(half_lives) != sorted(set(half_lives)):
            raise ValueError("half-lives must be different, ascending and within 0 to 200 items")
        return half_lives


class Transitions:
    name: ClassVar[str] = "transitions"
    config_class: ClassVar[type[BaseModel]] = TransitionsConfig

    def __init__(self, config: TransitionsConfig, weights: ItemWeights) -> None:
        self.config = config
        self._weights = weights
        self._blocks = DecayBlocks.of_half_lives(config.half_lives_items)

    @property
    def dense_bytes(self) -> int:
        """Size of the dense weights, the part that grows with the square of the items."""
        return self._weights.dense.nbytes

    @classmethod
    def fit(
        cls,
        training: TrainingSet,
        config: TransitionsConfig,
        rng: np.random.Generator,  # noqa: ARG003 - the solution is exact
    ) -> Self:
        """Seconds and memory: cubic and square in the dense items, see the bounds of the config.

        Raises NotEnoughData where no user has two items.
        """
        blocks = DecayBlocks.of_half_lives(config.half_lives_items)
        seen = Occurrences.of(training, config.max_sequence_items)
        places = _places(seen, config)
        dense = _solve_dense(seen, places, blocks, config.ridge)
        return cls(config, _with_tail(seen, places, blocks, config, dense))

    @classmethod
    def fit_with_system(
        cls, training: TrainingSet, config: TransitionsConfig
    ) -> "tuple[Self, RidgeSystem]":
        """As `fit`, by the inverse, which is kept for leaving rows out. Twice the work."""
        from tastemaker.models.transition_leave_out import RidgeSystem

        blocks = DecayBlocks.of_half_lives(config.half_lives_items)
        seen = Occurrences.of(training, config.max_sequence_items)
        places = _places(seen, config)
        inverse, dense = _invert_dense(seen, places, blocks, config.ridge)
        model = cls(config, _with_tail(seen, places, blocks, config, dense))
        return model, RidgeSystem(inverse, dense, blocks)

    @property
    def signal_names(self) -> tuple[str, ...]:
        from tastemaker.models.transition_signals import signal_names

        return signal_names(self._blocks.n_blocks)

    @property
    def dense_item(self) -> NDArray[np.int32]:
        """(n_dense,): the items that signals speak of."""
        return self._weights.places.dense_item

    def places_of(self, item: NDArray[np.int32]) -> NDArray[np.int64]:
        """Position of each item in the dense part, -1 outside it."""
        return self._weights.places.place[item].astype(np.int64)

    def signals(self, histories: Sequence[History]) -> NDArray[np.float32]:
        """(len(histories), n_signals, n_items), 0.0 for items outside the dense part."""
        n_items = self._weights.n_items
        if not histories:
            return np.empty((0, len(self.signal_names), n_items), np.float32)
        return np.stack([self.over_all_items(self._signals(history)) for history in histories])

    def _signals(self, history: History) -> NDArray[np.float32]:
        from tastemaker.models.transition_signals import TAUS_S, fill_signals

        blocks, places = self._blocks, self._weights.places
        out = np.empty((len(self.signal_names), places.n_dense), np.float32)
        place = self.places_of(history.item)
        fill_signals(
            place, np.ascontiguousarray(history.weight), np.ascontiguousarray(history.at_s),
            self._weights.dense, blocks.powers, blocks.band, TAUS_S, out,
        )  # fmt: skip
        return out

    def over_all_items(self, of_dense: NDArray[np.float32]) -> NDArray[np.float32]:
        """(..., n_dense) to (..., n_items), 0.0 for the others."""
        return self._weights.over_all_items(of_dense)

    def surprises(self, history: History) -> NDArray[np.float32]:
        """(N_SURPRISES,): how much the last items were expected when they were chosen."""
        from tastemaker.models.transition_signals import N_SURPRISES, fill_surprises

        blocks = self._blocks
        out = np.empty(N_SURPRISES, np.float32)
        place, weight = self.places_of(history.item), np.ascontiguousarray(history.weight)
        fill_surprises(place, weight, self._weights.dense, blocks.powers, blocks.band, out)
        return out

    def score(self, history: History) -> NDArray[np.float32]:
        return np.asarray(self.score_many([history])[0])

    def score_many(self, histories: Sequence[History]) -> NDArray[np.float32]:
        return self._weights.scores(block_rows(histories, self._weights.n_items, self._blocks))

    def explain(self, history: History, items: NDArray[np.int32]) -> NDArray[np.float32]:
        """Exact: the entries add up to the score of an item the model knows."""
        columns, values = block_entries(history, self._blocks)
        shares = values * self._weights.towards(columns, items)
        added = np.zeros((len(items), len(history)), np.float32)
        start = 0
        for band in self._blocks.band:
            n_entries = min(len(history), int(band) + 1)
            added[:, :n_entries] += shares[:, start : start + n_entries]
            start += n_entries
        return added

    def save(self, folder: Path) -> None:
        write_arrays(folder, self.name, self.config, self._weights.arrays())

    @classmethod
    def load(cls, folder: Path) -> Self:
        saved = read_arrays(folder, cls.name)
        config = TransitionsConfig.model_validate(saved.config)
        n_blocks = len(config.half_lives_items)
        return cls(config, ItemWeights.of_arrays(saved.arrays, n_blocks))


def _places(seen: Occurrences, config: TransitionsConfig) -> ItemPlaces:
    n_dense = _n_dense(seen, config)
    return strongest_items(_n_times_in_pairs(seen), n_dense, config.min_dense_uses)


def _n_times_in_pairs(seen: Occurrences) -> NDArray[np.int64]:
    """(n_items,): occurrences in sequences of two items and more, which alone teach anything."""
    counts = seen.end - seen.start > 1
    return np.bincount(seen.item[counts], minlength=seen.n_items)


def _n_dense(seen: Occurrences, config: TransitionsConfig) -> int:
    """How many items the bounds of the configuration allow in the dense system."""
    n_blocks = len(config.half_lives_items)

    def n_bytes(n_dense: int) -> int:
        return BYTES_PER_FLOAT * (n_blocks * n_dense) * (n_blocks + 1) * n_dense

    n_most = min(seen.n_items, max(1, config.max_dense_items // n_blocks))
    return largest_within(n_most, config.max_memory_gb, n_bytes)


def _solve_dense(
    seen: Occurrences, places: ItemPlaces, blocks: DecayBlocks, ridge: float
) -> NDArray[np.float32]:
    from tastemaker.models.ridge import solve_in_place
    from tastemaker.models.transition_sums import dense_sums

    gram, cross = dense_sums(seen, places, blocks, n_cores())
    gram.flat[:: len(gram) + 1] += np.float32(ridge)
    solve_in_place(gram, cross, n_cores())
    return cross


def _invert_dense(
    seen: Occurrences, places: ItemPlaces, blocks: DecayBlocks, ridge: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The inverse Gram and the weights."""
    from tastemaker.models.ridge import invert_in_place
    from tastemaker.models.transition_sums import dense_sums

    gram, cross = dense_sums(seen, places, blocks, n_cores())
    gram.flat[:: len(gram) + 1] += np.float32(ridge)
    invert_in_place(gram, n_cores())
    with blas_threads(n_cores()):
        return gram, gram @ cross


def _with_tail(
    seen: Occurrences,
    places: ItemPlaces,
    blocks: DecayBlocks,
    config: TransitionsConfig,
    dense: NDArray[np.float32],
) -> ItemWeights:
    tail = _solve_tail(seen, places, blocks, config)
    return ItemWeights(places, dense, tail, seen.n_times > 0, blocks.n_blocks)


def _solve_tail(
    seen: Occurrences, places: ItemPlaces, blocks: DecayBlocks, config: TransitionsConfig
) -> csr_array:
    if not places.has_tail(seen.n_times):
        return no_weights(seen.n_items * blocks.n_blocks, seen.n_items)
    from tastemaker.models.transition_tail import transition_tail

    rows = transition_tail(seen, places, blocks, config.ridge, config.n_neighbours, n_cores())
    return rows.matrix()
