"""From a history to a slate, at request time."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import structlog
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from tastemaker.core.clock import Clock, system_clock
from tastemaker.core.errors import NotFound, RequestInvalid
from tastemaker.core.history import History
from tastemaker.core.ids import ItemId, SessionId
from tastemaker.core.slate import ReasonKind, Slate, SlateItem, Source
from tastemaker.core.weights import FeedbackWeights
from tastemaker.models.bundle import ModelBundle
from tastemaker.recommend.deadline import Deadline, DeadlinePassed, Stopwatch
from tastemaker.recommend.fallback import popular_items
from tastemaker.recommend.filters import Filters
from tastemaker.recommend.personal import PersonalWay
from tastemaker.recommend.rerank import ItemTraits, Reranker
from tastemaker.recommend.shelf import Shelf
from tastemaker.recommend.shown import Shown
from tastemaker.recommend.slate_request import SlateRequest
from tastemaker.recommend.stages import HistoryEntry, Stages, traced
from tastemaker.recommend.taste import Taste, fold
from tastemaker.recommend.variant import VariantConfig, scorer

log = structlog.get_logger(__name__)


class RecommendConfig(BaseModel, frozen=True, extra="forbid"):
    default_variant: str = "transitions"
    similar_variant: str = "similar"  # answers GET /items/{id}/similar
    max_history: int = Field(default=1_000, ge=1)  # latest items of a history that count
    max_k: int = Field(default=200, ge=1, le=10_000)  # longest slate
    deadline_ms: float = Field(default=50.0, gt=0)  # after it the answer is a popular one


class Recommender:
    """Immutable once built: a new model version is a new Recommender."""

    def __init__(
        self,
        bundle: ModelBundle,
        shelf: Shelf,
        variants: Mapping[str, VariantConfig],
        weights: FeedbackWeights,
        config: RecommendConfig,
        *,
        new_session_id: Callable[[], str],
        stopwatch: Stopwatch,
        clock: Clock = system_clock,
    ) -> None:
        self.version = bundle.version
        self.shelf = shelf
        traits = ItemTraits.of(shelf.catalogue, shelf.entry)
        self._ways = {
            name: PersonalWay(
                scorer(variant, bundle, name),
                Reranker(variant.rerank, traits),
                shelf.item_ids,
                clock,
            )
            for name, variant in variants.items()
        }
        first_stage_only = [name for name, way in self._ways.items() if way.scorer.lacks_ranker]
        if first_stage_only:
            log.warning("ranker missing", variants=first_stage_only, version=self.version)
        self._popularity = bundle.models["popular"].score(History.empty())
        self._weights = weights
        self._config = config
        self._new_session_id = new_session_id
        self._stopwatch = stopwatch

    @property
    def variants(self) -> tuple[str, ...]:
        """Names that `?model=` may take and of which at least one model is trained."""
        return tuple(name for name, way in self._ways.items() if way.scorer.models)

    @property
    def default_variant(self) -> str:
        return self._config.default_variant

    @property
    def similar_variant(self) -> str:
        return self._config.similar_variant

    def warm_up(self) -> None:
        """Answer once by every variant, so that no person waits for a model's first pages."""
        favourite = ItemId(str(self.shelf.item_ids[np.argmax(self._popularity)]))
        taste = Taste({favourite: (1.0, 0)}, frozenset([favourite]))
        allowed = self._allowed(Filters(), taste)
        unhurried = Deadline(math.inf, self._stopwatch)
        for name in self.variants:
            try:
                self._personal(name, taste, allowed, 10, unhurried)
            except Exception:
                # As at a request: a broken model ends in popular answers, not in no server.
                log.exception("model failed", variant=name, version=self.version)

    def recommend(self, request: SlateRequest) -> Slate:
        """Personal where the history says anything, else popular, and named as such.

        Raises RequestInvalid (k out of bounds) and NotFound (no such variant). Never fails or
        waits because of a model: a failure or a passed deadline ends in the popular answer.
        """
        self._check_k(request.k)
        name = request.variant or self._config.default_variant
        self._check_variant(name)
        taste = fold(request.past, self._weights)
        allowed = self._allowed(request.filters, taste, request.shown)
        items = self._personal_or_none(name, taste, allowed, request.k)
        if items:
            items = self._topped_up(items, allowed, request.favourite_genres, request.k)
            return self._slate(items, Source.MODEL, name, request.shown)
        genres = tuple(request.favourite_genres()) or request.filters.genres_any
        fallback = popular_items(self._popularity, allowed, self.shelf, genres, request.k)
        slate = self._slate(fallback.items, fallback.source, name, request.shown)
        return replace(slate, is_cut_short=items is None and bool(taste.liked))

    def similar(self, item_id: ItemId, k: int, filters: Filters | None = None) -> Slate:
        """Items for a person who has used only this one; popular in its genres where unknown."""
        self._check_k(k)
        catalogue = self.shelf.catalogue
        if item_id not in catalogue.position and item_id not in self.shelf.position:
            raise NotFound(
                f"No item '{item_id}'", where="item_id", next_step="List them: GET /api/v1/items."
            )
        taste = Taste({item_id: (1.0, 0)}, frozenset([item_id]))
        allowed = self._allowed(filters or Filters(), taste)
        name = self._config.similar_variant
        self._check_variant(name)
        items = self._personal_or_none(name, taste, allowed, k, ReasonKind.SIMILAR)
        if items:
            return self._slate(items, Source.MODEL, name)
        entry = catalogue.position.get(item_id)
        genres = () if entry is None else catalogue.item(entry).categories
        fallback = popular_items(self._popularity, allowed, self.shelf, genres, k)
        return self._slate(fallback.items, fallback.source, name)

    def popular(self, k: int, filters: Filters | None = None) -> Slate:
        """The same for everybody: what most people use, within the filters."""
        self._check_k(k)
        filters = filters or Filters()
        allowed = self._allowed(filters, Taste({}, frozenset()))
        fallback = popular_items(self._popularity, allowed, self.shelf, filters.genres_any, k)
        return self._slate(fallback.items, fallback.source, "popular")

    def stages(self, request: SlateRequest, max_candidates: int) -> Stages:
        """The slate and what led to it. Raises as `recommend` does."""
        name = request.variant or self._config.default_variant
        self._check_variant(name)
        of_variant = self._ways[name].scorer
        taste = fold(request.past, self._weights)
        history = taste.history(self.shelf.position, self._config.max_history)
        shown = self.shelf.allowed(request.filters)
        allowed = self._allowed(request.filters, taste, request.shown)
        candidates = of_variant.candidates(history, allowed, request.k)
        item_ids = [ItemId(str(self.shelf.item_ids[item])) for item in candidates.item]
        names = tuple(model.name for model in of_variant.models)
        return Stages(
            history=tuple(
                HistoryEntry(ItemId(str(self.shelf.item_ids[item])), float(weight), int(at_s))
                for item, weight, at_s in zip(
                    history.item, history.weight, history.at_s, strict=True
                )
            ),
            n_items=len(shown),
            n_hidden=int(np.count_nonzero(~shown)),
            n_seen=int(np.count_nonzero(shown & ~allowed)),
            models=names,
            candidates=traced(candidates, names, item_ids, max_candidates),
            slate=self.recommend(request),
        )

    def _personal_or_none(
        self,
        variant: str,
        taste: Taste,
        allowed: NDArray[np.bool_],
        k: int,
        kind: ReasonKind = ReasonKind.HISTORY,
    ) -> tuple[SlateItem, ...] | None:
        """None where a model fails or the time is up: people still get an answer."""
        deadline = Deadline(self._config.deadline_ms / 1000, self._stopwatch)
        try:
            return self._personal(variant, taste, allowed, k, deadline, kind)
        except DeadlinePassed as passed:
            log.warning("deadline passed", variant=variant, before=passed.stage)
        except Exception:
            # A model is data: whatever is wrong with it must not reach the person.
            log.exception("model failed", variant=variant, version=self.version)
        return None

    def _personal(
        self,
        variant: str,
        taste: Taste,
        allowed: NDArray[np.bool_],
        k: int,
        deadline: Deadline,
        kind: ReasonKind = ReasonKind.HISTORY,
    ) -> tuple[SlateItem, ...]:
        history = taste.history(self.shelf.position, self._config.max_history)
        return self._ways[variant].items(history, allowed, k, deadline, kind)

    def _topped_up(
        self,
        items: tuple[SlateItem, ...],
        allowed: NDArray[np.bool_],
        favourite_genres: Callable[[], Sequence[str]],
        k: int,
    ) -> tuple[SlateItem, ...]:
        """Popular items behind the personal ones where these are fewer than k: those of the
        favourite genres, then all others."""
        rest = allowed.copy()
        for genres_of in (favourite_genres, tuple):
            if len(items) >= k:
                break
            rest[[self.shelf.position[item.item_id] for item in items]] = False
            genres = genres_of()
            more = popular_items(self._popularity, rest, self.shelf, genres, k - len(items))
            items += more.items
        return items

    def _allowed(
        self, filters: Filters, taste: Taste, shown: Shown | None = None
    ) -> NDArray[np.bool_]:
        allowed = self.shelf.allowed(filters)
        if shown is not None:
            allowed &= self.shelf.not_yet(shown)
        if not filters.include_seen:
            position = self.shelf.position
            allowed[[position[item] for item in taste.seen if item in position]] = False
        return allowed

    def _slate(
        self,
        items: tuple[SlateItem, ...],
        source: Source,
        variant: str,
        shown: Shown | None = None,
    ) -> Slate:
        session_id = SessionId(self._new_session_id()) if shown is None else shown.session_id
        return Slate(items, source, variant, self.version, session_id)

    def _check_variant(self, variant: str) -> None:
        if variant not in self._ways:
            raise NotFound(
                f"No model '{variant}'",
                where="model",
                next_step=f"Trained are: {', '.join(sorted(self.variants))}.",
            )

    def _check_k(self, k: int) -> None:
        if not 1 <= k <= self._config.max_k:
            raise RequestInvalid(
                f"k is {k}",
                where="k",
                next_step=f"Ask for 1 to {self._config.max_k} items.",
            )
