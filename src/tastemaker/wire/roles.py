"""The long-running roles, put together by the configuration."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Protocol

from prometheus_client import CollectorRegistry

from tastemaker.config import Settings
from tastemaker.core.clock import Clock, system_clock
from tastemaker.core.errors import NotFound
from tastemaker.core.message import Delivery
from tastemaker.core.topics import Topic
from tastemaker.models.blas_threads import limit_blas_threads
from tastemaker.observe.role_metrics import RoleMetrics
from tastemaker.observe.role_server import RoleServer
from tastemaker.observe.state_metrics import ModelMetrics, StateMetrics
from tastemaker.ports import Bus, SlateLog, Slates
from tastemaker.roles.answer_keeper import AnsweredUpTo, AnswerKeeper
from tastemaker.roles.consume import Consumer
from tastemaker.roles.recorder import Recorder
from tastemaker.roles.refresher import Aging, Refresher, SlateKeeper
from tastemaker.roles.version_awaited import VersionAwaited
from tastemaker.store.database import Database
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.user_genres import UserGenres
from tastemaker.train.retrain_state import RetrainStates
from tastemaker.wire.backends import open_bus, open_slate_log, open_slates
from tastemaker.wire.opened import Opened
from tastemaker.wire.places import database_engine
from tastemaker.wire.scheduling import scheduler
from tastemaker.wire.sharing import models_fetched, models_group
from tastemaker.wire.slate_maker import SlateMaker
from tastemaker.wire.training import lost_request, retrain_when_grown, trainer
from tastemaker.wire.waiting import wait_for
from tastemaker.wire.watching import watching

_FETCHED_WITHIN_S = 600.0
"""A version another machine has announced; after it the one that is here must do."""

ROLES = ("trainer", "refresher", "recorder", "scheduler")
"""All but the gateway, which answers over HTTP."""


class Running(Protocol):
    def run(self) -> None:
        """Until stopped."""
        ...

    def stop(self) -> None: ...


class Part(Protocol):
    """Of a role: what one group of readers does."""

    @property
    def topics(self) -> Sequence[Topic]: ...

    @property
    def group(self) -> str: ...

    def handle(self, deliveries: Sequence[Delivery]) -> None: ...


@contextmanager
def open_roles(
    settings: Settings,
    names: Sequence[str],
    begin: Callable[[], None] | None = None,
    clock: Clock = system_clock,
) -> Iterator[Sequence[Running]]:
    """What these roles run, each in a thread of its own. begin: called first in the process of a
    training. What is away is waited for. Raises NotFound for a role nobody knows."""
    unknown = sorted(set(names) - set(ROLES))
    if unknown:
        raise NotFound(
            f"There is no role '{unknown[0]}'",
            where="role",
            next_step=f"Roles are: gateway, {', '.join(ROLES)}.",
        )
    limit_blas_threads(1)
    with ExitStack() as open_until_end:
        max_pause_s = settings.consume.max_pause_s
        enter = open_until_end.enter_context
        engine = wait_for(lambda: enter(database_engine(settings)), max_pause_s)
        bus = wait_for(lambda: open_bus(settings.bus, settings.home, clock), max_pause_s)
        open_until_end.callback(bus.close)
        slates = wait_for(lambda: enter(open_slates(settings.slates, clock, engine)), max_pause_s)
        slate_log = wait_for(lambda: enter(open_slate_log(settings.slate_log, engine)), max_pause_s)
        interactions = InteractionLog(engine)
        open_until_end.callback(interactions.close)
        database = Database(engine)
        genres = UserGenres(database)
        registry = CollectorRegistry()
        metrics = RoleMetrics(registry, time.monotonic)
        made: dict[str, Callable[[], Sequence[Running]]] = {
            "trainer": lambda: _trainer(
                settings, bus, interactions, RetrainStates(database), begin, clock, metrics
            ),
            "refresher": lambda: _refresher(
                settings, bus, slates, interactions, genres, clock, metrics
            ),
            "recorder": lambda: [
                _recorder(settings, bus, interactions, clock, metrics),
                _answer_keeper(settings, interactions, slate_log),
            ],
            "scheduler": lambda: [scheduler(settings, bus, slates, slate_log, clock, metrics)],
        }
        models_told = None
        if "refresher" in names:
            open_until_end.enter_context(models_fetched(settings, "refresher"))
            models_told = models_group(settings, "refresher")
        loops = [running for name in names for running in made[name]()]
        watch = open_until_end.enter_context(
            watching(
                settings,
                Opened(engine, interactions, bus, slates, slate_log, models_told),
                StateMetrics(registry),
                model=ModelMetrics(registry),
                measures="scheduler" in names,
            )
        )
        yield [*loops, RoleServer(settings.role_server, tuple(names), registry, watch.states)]


def _consumer(
    settings: Settings,
    bus: Bus,
    role: str,
    part: Part,
    metrics: RoleMetrics,
    on_stop: Callable[[], None] = lambda: None,
) -> Running:
    handle = metrics.timed(role, part.group, part.handle)
    counted = metrics.of_group(role, part.group)
    return Consumer(bus, part.topics, part.group, handle, settings.consume, counted, on_stop)


def _trainer(
    settings: Settings,
    bus: Bus,
    interactions: InteractionLog,
    states: RetrainStates,
    begin: Callable[[], None] | None,
    clock: Clock,
    metrics: RoleMetrics,
) -> list[Running]:
    asked = trainer(settings, bus, states, begin, clock, metrics)
    return [
        _consumer(settings, bus, "trainer", asked, metrics, asked.stop),
        lost_request(settings, bus, states, clock),
        *retrain_when_grown(settings, bus, interactions, clock),
    ]


def _recorder(
    settings: Settings,
    bus: Bus,
    interactions: InteractionLog,
    clock: Clock,
    metrics: RoleMetrics,
) -> Running:
    max_rating = settings.feedback.weights.max_rating
    renews_slates = settings.slates.is_on
    recorder = Recorder(interactions, bus, clock, max_rating, renews_slates=renews_slates)
    return _consumer(settings, bus, "recorder", recorder, metrics)


def _answer_keeper(
    settings: Settings, interactions: InteractionLog, slate_log: SlateLog
) -> Running:
    place = AnsweredUpTo(settings.home / "answers.json")
    return AnswerKeeper(interactions, slate_log, place, settings.feedback.weights.max_rating)


def _refresher(
    settings: Settings,
    bus: Bus,
    slates: Slates,
    interactions: InteractionLog,
    genres: UserGenres,
    clock: Clock,
    metrics: RoleMetrics,
) -> list[Running]:
    maker = SlateMaker(settings, interactions, genres)
    variants = tuple(settings.variants)
    make = metrics.counting_slates(maker.make, variants)
    limit_s = _FETCHED_WITHIN_S if settings.blobs.share_models else 0.0
    # One each: they work in threads of their own.
    awaited = partial(VersionAwaited, maker.version, limit_s, time.monotonic)
    refresher = Refresher(bus, slates, make, maker.version, awaited(), variants, clock)
    aging = Aging(bus, slates, maker.version, awaited(), clock)
    keeper = SlateKeeper(slates)
    parts: list[Part] = [refresher, aging, keeper]
    return [_consumer(settings, bus, "refresher", part, metrics) for part in parts]
