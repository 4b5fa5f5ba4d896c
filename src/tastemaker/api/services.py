"""Everything the routes need, given from outside."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Annotated, Protocol

from fastapi import Depends, FastAPI, Request

from tastemaker.api.api_config import ApiConfig
from tastemaker.api.catalogue_index import CatalogueIndex
from tastemaker.api.slate_cache import SlateCache
from tastemaker.api.stored_slates import StoredSlates
from tastemaker.core.clock import Clock
from tastemaker.core.message import Message
from tastemaker.core.weights import FeedbackWeights
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.observe.experiments.assign import Experiments
from tastemaker.observe.metrics import Metrics
from tastemaker.observe.slate_writer import SlateWriter
from tastemaker.ports import SlateLog
from tastemaker.recommend.people import People
from tastemaker.recommend.pipeline import Recommender
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.user_genres import UserGenres
from tastemaker.train.retrain_state import RetrainState


class Retraining(Protocol):
    """Trainings in a process of their own, one at a time."""

    def ask(self) -> RetrainState:
        """Returns once the bus has it. Raises Conflict while one waits or runs, BusUnavailable."""
        ...

    def state(self) -> RetrainState: ...


@dataclass(frozen=True, slots=True)
class Services:
    """A request reads these once, so that a swapped model is either old or new for all of it.

    new_id: a fresh unique text at each call, for events that come without an id. slates: on their
    way to the slate_log. onto_bus: where posted events go through the bus; done when durable.
    remembered: None where the same slate asked for again is computed again.
    stored: None where every slate is computed when it is asked for.
    reads_files: no request waits for a server of the database: it is a file of this machine.
    dependencies: of everything this server needs why it is away, empty where it is there."""

    recommender: Recommender
    catalogue: Catalogue
    people: People
    interactions: InteractionLog
    metrics: Metrics
    weights: FeedbackWeights
    clock: Clock
    new_id: Callable[[], str]
    retraining: Retraining
    genres: UserGenres
    slates: SlateWriter
    slate_log: SlateLog
    experiments: Experiments
    onto_bus: Callable[[Sequence[Message]], "Future[None]"] | None = None
    remembered: SlateCache | None = None
    stored: StoredSlates | None = None
    reads_files: bool = True
    dependencies: Callable[[], Mapping[str, str]] = dict


def swap_recommender(app: FastAPI, recommender: Recommender) -> None:
    """For every request that comes from now on; those in flight end with the one they began."""
    services: Services = app.state.services
    app.state.services = replace(services, recommender=recommender)


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
