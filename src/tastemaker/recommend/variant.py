"""A variant: a named way from history to ranks. The unit of training, comparison and `?model=`."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, PositiveFloat, field_validator, model_validator

from tastemaker.core.history import History
from tastemaker.models.blas_threads import blas_threads, n_cores
from tastemaker.models.bundle import ModelBundle, TrainedRanker
from tastemaker.models.manifest import RankerRecord
from tastemaker.ports import CandidateModel
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.recommend.rerank import RerankConfig
from tastemaker.recommend.retrieve import Candidates, merge, top

if TYPE_CHECKING:
    from tastemaker.recommend.second_stage import SecondStage

_KEY_LENGTH = 12


class VariantConfig(BaseModel, frozen=True, extra="forbid"):
    models: tuple[str, ...] = Field(min_length=1)  # one: its own scores; several: fused by rank
    quota: int = Field(default=300, ge=1, le=10_000)  # fusion: candidates each model may propose
    rank_offset: float = Field(default=20.0, gt=0)  # fusion: how little the first ranks stand out
    weights: dict[str, PositiveFloat] = {}  # fusion: a model's say, by name; 1 where not given
    ranking: RankingConfig | None = None  # a second stage; false: the first stage's own order
    rerank: RerankConfig = RerankConfig()  # variety and newness of a slate; off by default

    @field_validator("ranking", mode="before")
    @classmethod
    def _may_be_false(cls, given: object) -> object:
        """TOML has no word for none."""
        return None if given in (False, "false") else given

    @model_validator(mode="after")
    def _weighs_its_own_models(self) -> Self:
        others = sorted(set(self.weights) - set(self.models))
        if others:
            raise ValueError(f"weights of models it does not name: {', '.join(others)}")
        return self


@dataclass(frozen=True, slots=True)
class Ranked:
    """item, score: (n,), best first. voice: float32 (n_models, n), what each model adds to the
    fusion of ranks; 0 where it did not propose the item."""

    item: NDArray[np.int32]
    score: NDArray[np.float32]
    voice: NDArray[np.float32]

    def at(self, places: NDArray[np.int64]) -> "Ranked":
        return Ranked(self.item[places], self.score[places], self.voice[:, places])


@dataclass(frozen=True, slots=True)
class Scorer:
    """second_stage: None where the variant has none, or the data was too small for it."""

    models: tuple[CandidateModel[BaseModel], ...]
    config: VariantConfig
    second_stage: "SecondStage | None" = None

    @property
    def lacks_ranker(self) -> bool:
        """Whether it answers by its first stage alone, though it should have a second."""
        return bool(self.models) and self.config.ranking is not None and self.second_stage is None

    def rank(
        self,
        history: History,
        allowed: NDArray[np.bool_],
        k: int,
        before: Callable[[str], None] = lambda _model: None,
        request_at_s: int | None = None,
    ) -> Ranked:
        """The k best of the allowed items. allowed: bool (n_items,).

        before: called with the name of each model before it scores; may raise to give up.
        request_at_s: Unix seconds of the moment the answer is wanted; None: unknown.
        """
        if self.second_stage is not None:
            candidates, score = self.second_stage.scored(history, request_at_s, allowed, k, before)
        else:
            candidates = self.candidates(history, allowed, k, before)
            score = self._final(candidates)
        best = top(score, k)
        return Ranked(candidates.item[best], score[best], self._voices(candidates)[:, best])

    def candidates(
        self,
        history: History,
        allowed: NDArray[np.bool_],
        k: int,
        before: Callable[[str], None] = lambda _model: None,
    ) -> Candidates:
        """What the models propose of the allowed items, at least k each where there are so many."""
        if self.second_stage is not None:
            return self.second_stage.candidates(history, allowed, k, before)
        scores = []
        for model in self.models:
            before(model.name)
            scores.append(np.where(allowed, model.score(history), np.float32(-np.inf)))
        return merge(scores, max(self.config.quota, k))

    def proposed(self, history: History, allowed: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Items in the order in which they are proposed: that of the blend where a ranker follows,
        else the variant's own. As many as a short slate is chosen from."""
        candidates = self.candidates(history, allowed, 1)
        if self.second_stage is not None:
            return candidates.item
        return candidates.item[top(self._final(candidates), len(candidates.item))]

    def score_many(
        self,
        histories: Sequence[History],
        request_at_s: Sequence[int] | NDArray[np.int64] | None = None,
        *,
        exclude_seen: bool = True,
        k: int = 1,
    ) -> NDArray[np.float32]:
        """(len(histories), n_items), -inf where an item is not recommended.

        request_at_s: of each history, Unix seconds, 0 where unknown; None: all unknown.
        exclude_seen: the items of each history are not recommended. k: at least so many are, where
        there are so many; else those that a short slate is chosen from.
        """
        if self.second_stage is not None:
            moments = [0] * len(histories) if request_at_s is None else request_at_s
            return self._ranked_many(self.second_stage, histories, moments, exclude_seen, k)
        by_model = [np.array(model.score_many(histories)) for model in self.models]
        if exclude_seen:
            rows = np.repeat(np.arange(len(histories)), [len(history) for history in histories])
            seen = np.concatenate([np.empty(0, np.int32), *(h.item for h in histories)])
            for scores in by_model:
                scores[rows, seen] = -np.inf
        if len(by_model) == 1:
            return by_model[0]
        fused = np.full_like(by_model[0], -np.inf)
        for row in range(len(histories)):
            candidates = merge([scores[row] for scores in by_model], max(self.config.quota, k))
            fused[row, candidates.item] = self._final(candidates)
        return fused

    def _ranked_many(
        self,
        second_stage: "SecondStage",
        histories: Sequence[History],
        request_at_s: Sequence[int] | NDArray[np.int64],
        exclude_seen: bool,
        k: int,
    ) -> NDArray[np.float32]:
        n_items = len(second_stage.presenter.statistics.n_events)
        out = np.full((len(histories), n_items), -np.inf, np.float32)

        def fill(row: int) -> None:
            allowed = np.ones(n_items, np.bool_)
            allowed[histories[row].item] = not exclude_seen
            moment = int(request_at_s[row]) or None
            candidates, score = second_stage.scored(histories[row], moment, allowed, k)
            out[row, candidates.item] = score

        with blas_threads(1), ThreadPoolExecutor(n_cores()) as pool:
            for _ in pool.map(fill, range(len(histories))):
                pass
        return out

    def _final(self, candidates: Candidates) -> NDArray[np.float32]:
        if len(self.models) == 1:
            first: NDArray[np.float32] = candidates.score[0]
            return first
        return np.asarray(self._voices(candidates).sum(axis=0))

    def _voices(self, candidates: Candidates) -> NDArray[np.float32]:
        weight = np.array([self.config.weights.get(model.name, 1.0) for model in self.models])
        return reciprocal_rank(candidates.rank, weight, self.config.rank_offset)


def reciprocal_rank(
    rank: NDArray[np.int32], weight: NDArray[np.float64], rank_offset: float
) -> NDArray[np.float32]:
    """(n_models, n): weight / (offset + rank), 0 for rank 0; a fusion is the sum over models
    (Cormack, Clarke & Büttcher 2009). rank: (n_models, n), from 1. weight: (n_models,)."""
    voice = np.where(rank > 0, weight[:, None] / (rank_offset + rank), 0.0)
    return np.asarray(voice, np.float32)


def scorer(config: VariantConfig, bundle: ModelBundle, name: str) -> Scorer:
    """A variant makes do with those of its models that the data was enough for, maybe none.

    name: of the variant, which finds its ranker where the settings have changed since it was
    taught. Where there is none, or it reads other features than this code assembles, the models'
    ranks are fused.
    """
    fused = Scorer(_trained(config.models, bundle), config)
    key = ranker_of(name, config, bundle.manifest.rankers)
    if config.ranking is None or key is None or bundle.statistics is None:
        return fused
    # Compiled code and CatBoost are loaded only where a variant needs them.
    from tastemaker.recommend.second_stage import SecondStage

    trained = TrainedRanker(bundle.rankers[key], bundle.manifest.rankers[key])
    models = _trained(trained.record.models, bundle)
    stage = SecondStage.of(models, trained, bundle.statistics, config.ranking)
    is_read = trained.ranker.features == stage.presenter.features
    return Scorer(models, config, stage) if is_read else fused


def _trained(names: Sequence[str], bundle: ModelBundle) -> tuple[CandidateModel[BaseModel], ...]:
    return tuple(bundle.models[name] for name in names if name in bundle.models)


def ranker_of(name: str, config: VariantConfig, rankers: Mapping[str, RankerRecord]) -> str | None:
    """The key of a version's ranker for a variant: taught as the settings say today, or else
    whatever the variant of this name was taught with. rankers: by key, as in a manifest."""
    if config.ranking is None:
        return None
    today = ranker_key(config)
    if today in rankers:
        return today
    return next((key for key, record in rankers.items() if name in record.variants), None)


def ranker_key(config: VariantConfig) -> str:
    """Names the ranker of a variant by all it was taught with, so that no other is taken for it."""
    taught = config.model_dump_json(include={"models", "ranking"})
    return f"ranker-{hashlib.sha256(taught.encode()).hexdigest()[:_KEY_LENGTH]}"
