"""Everything the routes need, given from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.catalogue_index import CatalogueIndex
from tastemaker.core.clock import Clock
from tastemaker.core.weights import FeedbackWeights
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.observe.metrics import Metrics
from tastemaker.recommend.people import People
from tastemaker.recommend.pipeline import Recommender
from tastemaker.store.interactions import InteractionLog


@dataclass(frozen=True, slots=True)
class Services:
    """new_id: a fresh unique text at each call, for events that come without an id."""

    recommender: Recommender
    catalogue: Catalogue
    people: People
    interactions: InteractionLog
    metrics: Metrics
    weights: FeedbackWeights
    clock: Clock
    new_id: Callable[[], str]


async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _config(request: Request) -> ApiConfig:
    config: ApiConfig = request.app.state.config
    return config


async def _catalogue_index(request: Request) -> CatalogueIndex:
    index: CatalogueIndex = request.app.state.catalogue_index
    return index


UsedServices = Annotated[Services, Depends(_services)]
UsedConfig = Annotated[ApiConfig, Depends(_config)]
UsedIndex = Annotated[CatalogueIndex, Depends(_catalogue_index)]
