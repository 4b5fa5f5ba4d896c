"""What goes together: every item from all others, by one regularised inverse.

EASE (Steck 2019) with the regularisation of EDLAE (Steck 2020): dropping each input with
probability p while learning adds p / (1 - p) of the Gram diagonal to the ridge, which keeps
popular items from explaining themselves through near copies. With
C = (X^T X + lambda I + p / (1 - p) diag(X^T X))^-1 the weights are -C_ij / C_jj, and 0 for i = j.

Two corrections, both chosen on validation users: a user of n items counts n^-user_power in X^T X,
since a long history would outvote many short ones by its square; and the weights towards item j
are divided by (1 + (X^T X)_jj)^popularity_power, since what is used by everyone is predicted by
everything.

Where the order is known a pair may count the less the further apart its entries stand, by half
every `pair_half_life_items` places. X^T X becomes X^T K X with K such a kernel over the places of
each sequence, which is positive definite too.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from scipy.sparse import csr_array

from tastemaker.core.history import History
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.array_folder import read_arrays, write_arrays
from tastemaker.models.blas_threads import n_cores
from tastemaker.models.company import Company
from tastemaker.models.history_rows import decayed_rows, decayed_weight, weighted_rows
from tastemaker.models.item_places import ItemPlaces, largest_within, strongest_items
from tastemaker.models.item_weights import ItemWeights
from tastemaker.models.occurrences import Occurrences
from tastemaker.models.tail_weights import no_weights

RECENT_HALF_LIFE_ITEMS = 5.0
"""Of the signal that reads what is recent; at 12 half-lives an entry is worth nothing."""

LEAST_NEARNESS = 1e-30
"""A pair that was counted is told from one that never was: by no zero."""


class EaseConfig(BaseModel, frozen=True, extra="forbid"):
    ridge: float = Field(default=300.0, gt=0)  # lambda, in users
    dropout: float = Field(default=0.5, ge=0, lt=1)  # p; 0 is plain EASE
    user_power: float = Field(default=0.5, ge=0, le=1)  # how much long histories are held back
    popularity_power: float = Field(default=0.15, ge=0, le=1)  # how much popular items are
    pair_half_life_items: float | None = Field(default=None, gt=0)  # of a pair's say, in places
    half_life_items: float | None = Field(default=None, gt=0, le=10_000)  # None: order is not read
    max_dense_items: int = Field(default=20_000, ge=1)  # size of the dense system
    min_dense_uses: int = Field(default=3, ge=1)  # items used less often stand outside it
    max_memory_gb: float = Field(default=4.0, gt=0)  # of the dense system
    n_neighbours: int = Field(default=50, ge=1, le=1000)  # kept for an item outside it
    tail_share: float = Field(default=0.1, gt=0, le=1)  # of their weights, which overlap
    max_sequence_items: int = Field(default=5_000, ge=2)  # newest entries of a user read


class Ease:
    name: ClassVar[str] = "ease"
    config_class: ClassVar[type[BaseModel]] = EaseConfig

    def __init__(self, config: EaseConfig, weights: ItemWeights) -> None:
        self.config = config
        self._weights = weights

    @property
    def dense_bytes(self) -> int:
        """Size of the dense weights, the part that grows with the square of the items."""
        return self._weights.dense.nbytes

    @classmethod
    def fit(
        cls,
        training: TrainingSet,
        config: EaseConfig,
        rng: np.random.Generator,  # noqa: ARG003 - the solution is exact
    ) -> Self:
        """Seconds and memory: cubic and square in the dense items, see the bounds of the config."""
        seen = Occurrences.of(_fairer(training, config.user_power), config.max_sequence_items)
        n_most = min(seen.n_items, config.max_dense_items)
        n_dense = largest_within(n_most, config.max_memory_gb, lambda n: 4 * n * n)
        places = strongest_items(seen.n_times, n_dense, config.min_dense_uses)
        diagonal = _regularised(seen.squared_weight(), config)
        towards = (1.0 + seen.squared_weight()) ** np.float32(-config.popularity_power)
        nearness = _nearness(seen.longest, config, has_order=training.has_times)
        company = Company.of(seen, places)
        dense = _solve_dense(seen, company, places, nearness, diagonal)
        dense *= towards[places.dense_item]
        if places.has_tail(seen.n_times):
            tail = _solve_tail(company, places, nearness, diagonal, towards, config)
        else:
            tail = no_weights(seen.n_items, seen.n_items)
        return cls(config, ItemWeights(places, dense, tail, seen.n_times > 0))

    def score(self, history: History) -> NDArray[np.float32]:
        return np.asarray(self.score_many([history])[0])

    def score_many(self, histories: Sequence[History]) -> NDArray[np.float32]:
        return self._weights.scores(self._rows(histories))

    @property
    def signal_names(self) -> tuple[str, ...]:
        return ("all", "recent")

    def signals(self, histories: Sequence[History]) -> NDArray[np.float32]:
        """(len(histories), 2, n_items): of the whole history, and of its latest items."""
        empty = np.empty((0, len(self.signal_names), self._weights.n_items), np.float32)
        return np.concatenate([empty, *(self.signals_on_the_way(h, 1) for h in histories)])

    def signals_on_the_way(self, history: History, n_moments: int) -> NDArray[np.float32]:
        """(n_moments, 2, n_items): the signals of the history in the last row, of one entry less in
        each before it; to the bit what `signals` says of those, in little more than its time."""
        return self._weights.running_scores(history, n_moments, RECENT_HALF_LIFE_ITEMS)

    def explain(self, history: History, items: NDArray[np.int32]) -> NDArray[np.float32]:
        """Exact: the entries add up to the score of an item the model knows."""
        weights = self._weights.towards(history.item.astype(np.int64), items)
        half_life = self.config.half_life_items
        of_entry = history.weight if half_life is None else decayed_weight(history, half_life)
        return np.asarray(of_entry * weights, dtype=np.float32)

    def save(self, folder: Path) -> None:
        write_arrays(folder, self.name, self.config, self._weights.arrays())

    @classmethod
    def load(cls, folder: Path) -> Self:
        saved = read_arrays(folder, cls.name)
        config = cls.config_class.model_validate(saved.config)
        assert isinstance(config, EaseConfig)
        return cls(config, ItemWeights.of_arrays(saved.arrays))

    def _rows(self, histories: Sequence[History]) -> csr_array:
        if self.config.half_life_items is None:
            return weighted_rows(histories, self._weights.n_items)
        return decayed_rows(histories, self._weights.n_items, self.config.half_life_items)


def _fairer(training: TrainingSet, user_power: float) -> TrainingSet:
    """Entries scaled so that each user's share of X^T X is n^-user_power, 1 on average."""
    lengths = np.diff(training.user_ptr)
    share = np.maximum(lengths, 1) ** -user_power
    scale = np.sqrt(share / share.mean()) if len(share) else share
    weight = training.weight * np.repeat(scale, lengths).astype(np.float32)
    return replace(training, weight=weight)


def _nearness(n_places: int, config: EaseConfig, has_order: bool) -> NDArray[np.float32]:
    if config.pair_half_life_items is None or not has_order:
        return np.ones(n_places, np.float32)
    nearness = np.exp2(-np.arange(n_places) / config.pair_half_life_items)
    return np.maximum(nearness, LEAST_NEARNESS).astype(np.float32)


def _regularised(diagonal: NDArray[np.float32], config: EaseConfig) -> NDArray[np.float32]:
    """Diagonal of X^T X with the ridge and the dropout's share added."""
    return diagonal / np.float32(1.0 - config.dropout) + np.float32(config.ridge)


def _solve_dense(
    seen: Occurrences,
    company: Company,
    places: ItemPlaces,
    nearness: NDArray[np.float32],
    diagonal: NDArray[np.float32],
) -> NDArray[np.float32]:
    weights = _inverse(seen, company, places, nearness, diagonal)
    weights /= -weights.diagonal().copy()
    np.fill_diagonal(weights, 0.0)
    return weights


def _inverse(
    seen: Occurrences,
    company: Company,
    places: ItemPlaces,
    nearness: NDArray[np.float32],
    diagonal: NDArray[np.float32],
) -> NDArray[np.float32]:
    """(n_dense, n_dense) of X^T K X with the diagonal put in place of its own."""
    from tastemaker.models.cooccurrence import dense_gram
    from tastemaker.models.ridge import invert_few_rows, invert_in_place

    own = diagonal[places.dense_item]
    if (nearness == 1).all() and 2 * seen.n_sequences <= places.n_dense:
        added = own - seen.squared_weight()[places.dense_item]
        return invert_few_rows(_dense_rows(seen, places), added, n_cores())
    gram = dense_gram(company, places, nearness, n_cores())
    np.fill_diagonal(gram, own)
    invert_in_place(gram, n_cores())
    return gram


def _dense_rows(seen: Occurrences, places: ItemPlaces) -> NDArray[np.float32]:
    """(n_sequences, n_dense): X."""
    rows = np.zeros((seen.n_sequences, places.n_dense), np.float32)
    place = places.place[seen.item]
    is_dense = place >= 0
    sequence = np.cumsum(np.arange(len(seen.item)) == seen.start) - 1
    rows[sequence[is_dense], place[is_dense]] = seen.weight[is_dense]
    return rows


def _solve_tail(
    company: Company,
    places: ItemPlaces,
    nearness: NDArray[np.float32],
    diagonal: NDArray[np.float32],
    towards: NDArray[np.float32],
    config: EaseConfig,
) -> csr_array:
    """Outside the dense system each entry predicts alone: (X^T X)_ij over its own diagonal.

    Entries of a history say much the same, and here nothing corrects them for each other: only a
    share of each weight is used, or rarely used items would crowd out the others.
    """
    from tastemaker.models.cooccurrence import strongest_pairs

    rows = strongest_pairs(
        company,
        places,
        nearness=nearness,
        own=diagonal,
        other=np.float32(1.0) / towards,
        shrinkage=0.0,
        n_neighbours=config.n_neighbours,
        n_threads=n_cores(),
    )
    return csr_array(rows.matrix() * np.float32(config.tail_share))
