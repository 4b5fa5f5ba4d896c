"""What a model learns from, and what it is then asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from tastemaker.core.history import History
from tastemaker.core.training_set import TrainingSet


class Protocol(StrEnum):
    STRONG = "strong"
    LAST_OUT = "last-out"
    TIME = "time"
    SIMILAR = "similar"


class SplitConfig(BaseModel, frozen=True, extra="forbid"):
    """The defaults are those of the published protocols."""

    max_users: int = Field(default=1000, ge=1)  # strong: for validation and for test, each
    given: float = Field(default=0.8, gt=0, lt=1)  # strong: share of a user's items shown
    min_entries: int = Field(default=5, ge=2)  # strong: users with fewer are left out
    min_stars: float = Field(default=3.5, ge=0, lt=5)  # strong: ratings must exceed it, of five
    seed: int = Field(default=98765, ge=0, lt=2**32)  # strong: which users, which of their items
    round: int = Field(default=0, ge=0, le=20)  # strong: other people than in the rounds before
    newest: float = Field(default=0.1, gt=0, lt=0.5)  # time: share of the events after the moment


@dataclass(frozen=True, slots=True)
class Split:
    """A model fitted on `training` is asked about `histories`, one case a user.

    user_ids: unicode (n_cases,). histories, relevant: of each case, in the vocabulary of training;
    relevant: distinct item positions, at least one, none of them in the history.
    request_at_s: int64 (n_cases,), Unix seconds of the moment the answer is wanted; 0: unknown.
    """

    training: TrainingSet
    user_ids: NDArray[np.str_]
    histories: Sequence[History]
    relevant: Sequence[NDArray[np.int32]]
    request_at_s: NDArray[np.int64]

    @property
    def n_cases(self) -> int:
        return len(self.histories)


@dataclass(frozen=True, slots=True)
class Splits:
    """Choices are made on `validation`; `test` is looked at once, to report.

    note: in words, what was left out or scaled down on this data; may be empty.
    """

    protocol: Protocol
    validation: Split
    test: Split
    note: str = ""
