"""Second stage: gradient-boosted trees over what all models say of a candidate.

CatBoost (Prokhorenkova et al. 2018). The default loss is Logloss of whether a candidate is the
item chosen next; with it the order within one list is the order of the raw formula's value.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from tastemaker.core.errors import NotEnoughData
from tastemaker.models.stored_file import damaged, read_description, reading, sha256_of
from tastemaker.models.writing_trees import writing_trees

if TYPE_CHECKING:
    from catboost import CatBoost

    from tastemaker.models.tree_sums import TreeSums

FORMAT_VERSION = 1
DESCRIPTION = "ranker.json"
TREES = "ranker.cbm"
GROUPED = frozenset({"YetiRank", "QuerySoftMax", "QueryRMSE"})
"""Losses that compare the candidates of one request with each other."""


class RankerConfig(BaseModel, frozen=True, extra="forbid"):
    loss_function: Literal["Logloss", "YetiRank", "QuerySoftMax", "QueryRMSE"] = "Logloss"
    n_trees: int = Field(default=300, ge=1, le=10_000)
    depth: int = Field(default=7, ge=1, le=12)
    learning_rate: float = Field(default=0.12, gt=0, le=1)
    n_borders: int = Field(default=64, ge=2, le=255)  # steps that a feature is cut into
    rows_share: float = Field(default=0.8, gt=0, le=1)  # of the rows, that each tree reads
    leaf_steps: int = Field(default=1, ge=1, le=20)  # gradient steps that set a leaf's value
    n_seeds: int = Field(default=1, ge=1, le=10)  # rankers whose values are averaged
    n_threads: int = Field(default=0, ge=0)  # of fitting; 0: all cores


class RankerDescription(BaseModel, frozen=True, extra="forbid"):
    format_version: Literal[1] = 1
    config: RankerConfig
    features: tuple[str, ...]
    n_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Ranker:
    config: RankerConfig
    features: tuple[str, ...]
    _trees: "CatBoost"
    _sums: "TreeSums"

    @classmethod
    def fit(
        cls,
        rows: NDArray[np.float32],
        label: NDArray[np.int8],
        group: NDArray[np.int64],
        features: Sequence[str],
        config: RankerConfig,
        *,
        seed: int,
        n_threads: int,
    ) -> Self:
        """rows: (n, n_features). label: 1 where the candidate was chosen. group: ascending number
        of the request a row belongs to. Raises NotEnoughData where only one label occurs."""
        from catboost import CatBoost, CatBoostError, Pool, sum_models

        grouped = {"group_id": group} if config.loss_function in GROUPED else {}
        try:
            pool = Pool(rows, label, feature_names=list(features), **grouped)
            fitted = [
                CatBoost(_parameters(config, seed + number, n_threads)).fit(pool)
                for number in range(config.n_seeds)
            ]
        except CatBoostError as error:
            raise NotEnoughData(
                f"The ranker cannot be fitted: {error}",
                where=f"{len(rows)} candidates",
                next_step="Give more interactions.",
            ) from error
        trees = fitted[0]
        if len(fitted) > 1:
            trees = sum_models(fitted, weights=[1.0 / len(fitted)] * len(fitted))
        return cls._of(config, tuple(features), trees)

    def score(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) of rows (n, n_features), on one core; comparable within one request only."""
        if not len(rows):
            return np.empty(0, np.float32)
        return np.asarray(self._sums.of_rows(rows), np.float32)

    def importances(self) -> Mapping[str, float]:
        """By feature, the largest first; they add up to 100."""
        values = self._trees.get_feature_importance(type="PredictionValuesChange")
        order = np.argsort(-values, kind="stable")
        return {self.features[column]: round(float(values[column]), 2) for column in order}

    def save(self, folder: Path) -> None:
        """Into a new or empty folder, the description last. Raises DiskFull, StoreUnavailable."""
        from catboost import CatBoost, CatBoostError

        # Without the moment and the id of the fit, the same fit gives the same bytes.
        metadata = self._trees.get_metadata()
        for name in ("model_guid", "train_finish_time"):
            metadata[name] = ""
        path = folder / TREES
        with writing_trees(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._trees.save_model(str(path), format="cbm")
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
            # On a full disk CatBoost may write less than all and not say so.
            if CatBoost().load_model(str(path), format="cbm") != self._trees:
                raise CatBoostError("The trees are not read back as they were written")
            description = RankerDescription(
                config=self.config,
                features=self.features,
                n_bytes=path.stat().st_size,
                sha256=sha256_of(path),
            )
            (folder / DESCRIPTION).write_text(
                description.model_dump_json(indent=1), encoding="utf-8"
            )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Raises ModelCorrupt where a file is missing, cut or changed."""
        from catboost import CatBoost, CatBoostError

        description = verify_ranker(folder)
        trees = CatBoost()
        try:
            trees.load_model(str(folder / TREES), format="cbm")
        except CatBoostError as error:
            raise damaged("The trees cannot be read", folder / TREES) from error
        return cls._of(description.config, description.features, trees)

    @classmethod
    def _of(cls, config: RankerConfig, features: tuple[str, ...], trees: "CatBoost") -> Self:
        from tastemaker.models.tree_sums import TreeSums

        return cls(config, features, trees, TreeSums.of(trees))


def verify_ranker(folder: Path) -> RankerDescription:
    """Compare the file of trees, which is small, with its checksum. Raises ModelCorrupt."""
    description = read_description(folder / DESCRIPTION, RankerDescription)
    trees = folder / TREES
    with reading(trees):
        if not trees.is_file() or trees.stat().st_size != description.n_bytes:
            raise damaged(f"The file has not {description.n_bytes} bytes", trees)
        if sha256_of(trees) != description.sha256:
            raise damaged("The checksum differs", trees)
    return description


def _parameters(config: RankerConfig, seed: int, n_threads: int) -> dict[str, object]:
    return {
        "loss_function": config.loss_function,
        "iterations": config.n_trees,
        "depth": config.depth,
        "learning_rate": config.learning_rate,
        "border_count": config.n_borders,
        # Minimal variance sampling (Ibragimov & Gusev 2019).
        "bootstrap_type": "MVS",
        "subsample": config.rows_share,
        "leaf_estimation_iterations": config.leaf_steps,
        "thread_count": config.n_threads or n_threads,
        "random_seed": seed,
        "allow_writing_files": False,
        "logging_level": "Silent",
    }
