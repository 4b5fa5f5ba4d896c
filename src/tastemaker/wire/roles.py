"""The long-running roles, put together by the configuration."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from tastemaker.config import Settings
from tastemaker.core.clock import Clock, system_clock
from tastemaker.core.errors import NotFound
from tastemaker.core.topics import RefreshAsked, Topic
from tastemaker.models.blas_threads import limit_blas_threads
from tastemaker.ports import Bus, SlateLog, Slates
from tastemaker.roles.consume import Consumer
from tastemaker.roles.grown import RetrainWhenGrown, ask_to_retrain
from tastemaker.roles.looked import LookedUpTo
from tastemaker.roles.recorder import Recorder
from tastemaker.roles.refresher import Aging, Refresher, SlateKeeper
from tastemaker.roles.scheduler import Job, Scheduler
from tastemaker.roles.trainer import Trained, Trainer
from tastemaker.store.database import Database
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.user_genres import UserGenres
from tastemaker.train.model_store import ModelStore
from tastemaker.train.retrain_state import RetrainStates
from tastemaker.wire.backends import open_bus, open_slate_log, open_slates
from tastemaker.wire.learning import train_beside
from tastemaker.wire.places import database_engine, model_store
from tastemaker.wire.slate_maker import SlateMaker

ROLES = ("trainer", "refresher", "recorder", "scheduler")
"""All but the gateway, which answers over HTTP."""


class Running(Protocol):
    def run(self) -> None:
        """Until stopped."""
        ...

    def stop(self) -> None: ...


def retrain_states(settings: Settings) -> RetrainStates:
    return RetrainStates(settings.home / "retrain.json")


@contextmanager
def open_roles(
    settings: Settings,
    names: Sequence[str],
    begin: Callable[[], None] | None = None,
    clock: Clock = system_clock,
) -> Iterator[Sequence[Running]]:
    """What these roles run, each in a thread of its own. begin: called first in the process of a
    training. Raises NotFound for a role nobody knows."""
    unknown = sorted(set(names) - set(ROLES))
    if unknown:
        raise NotFound(
            f"There is no role '{unknown[0]}'",
            where="role",
            next_step=f"Roles are: gateway, {', '.join(ROLES)}.",
        )
    limit_blas_threads(1)
    with ExitStack() as open_until_end:
        engine = open_until_end.enter_context(database_engine(settings))
        bus = open_bus(settings.bus, settings.home, clock)
        open_until_end.callback(bus.close)
        slates = open_until_end.enter_context(open_slates(settings.slates, clock, engine))
        slate_log = open_until_end.enter_context(open_slate_log(settings.slate_log, engine))
        interactions = InteractionLog(engine)
        open_until_end.callback(interactions.close)
        genres = UserGenres(Database(engine))
        made = {
            "trainer": lambda: [_trainer(settings, bus, begin, clock)],
            "refresher": lambda: _refresher(settings, bus, slates, interactions, genres, clock),
            "recorder": lambda: [_recorder(settings, bus, interactions, clock)],
            "scheduler": lambda: [
                _scheduler(settings, bus, slates, slate_log, interactions, clock)
            ],
        }
        yield [running for name in names for running in made[name]()]


def _trainer(
    settings: Settings, bus: Bus, begin: Callable[[], None] | None, clock: Clock
) -> Running:
    models = model_store(settings)
    trainer = Trainer(
        lambda: Trained.of(train_beside(settings, begin)),
        models.clear_unfinished,
        partial(_newest, models),
        retrain_states(settings),
        bus,
        clock,
    )
    return Consumer(bus, trainer.topics, trainer.group, trainer.handle, settings.consume)


def _recorder(settings: Settings, bus: Bus, interactions: InteractionLog, clock: Clock) -> Running:
    variants = tuple(settings.variants) if settings.slates.is_on else ()
    recorder = Recorder(interactions, bus, variants, clock)
    return Consumer(bus, recorder.topics, recorder.group, recorder.handle, settings.consume)


def _refresher(
    settings: Settings,
    bus: Bus,
    slates: Slates,
    interactions: InteractionLog,
    genres: UserGenres,
    clock: Clock,
) -> list[Running]:
    maker = SlateMaker(settings, interactions, genres)
    refresher = Refresher(bus, slates, maker.make, maker.version)
    aging = Aging(bus, slates, maker.version, clock)
    keeper = SlateKeeper(slates)
    return [
        Consumer(bus, part.topics, part.group, part.handle, settings.consume)
        for part in (refresher, aging, keeper)
    ]


def _scheduler(
    settings: Settings,
    bus: Bus,
    slates: Slates,
    slate_log: SlateLog,
    interactions: InteractionLog,
    clock: Clock,
) -> Running:
    schedule = settings.schedule

    def retrain(due_at: datetime) -> None:
        ask_to_retrain(bus, due_at, "by the clock", f"retrain-{due_at.isoformat()}")

    def refresh(due_at: datetime) -> None:
        asked = RefreshAsked(older_than=due_at).message(f"refresh-{due_at.isoformat()}")
        bus.publish(Topic.REFRESH, [asked])

    def prune(_: datetime) -> None:
        before = clock() - timedelta(seconds=settings.bus.keep_s)
        for topic in Topic:
            bus.prune(topic, before)
        slates.prune()
        slate_log.prune(clock() - timedelta(seconds=settings.slate_log.keep_s))

    jobs = [Job("prune", schedule.prune, prune)]
    if schedule.retrain is not None:
        jobs.append(Job("retrain", schedule.retrain, retrain))
    if schedule.refresh is not None:
        jobs.append(Job("refresh", schedule.refresh, refresh))
    grown = RetrainWhenGrown(
        model_store(settings), interactions, bus, schedule.retrain_every_events, clock
    )
    looked = LookedUpTo(settings.home / "schedule.json")
    return Scheduler(jobs, grown.look, schedule.look_every_s, clock, looked)


def _newest(models: ModelStore) -> Trained | None:
    newest = next(iter(models.versions()), None)
    return None if newest is None else Trained.of(newest)
