"""The HTTP application on what is in service."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from functools import partial
from secrets import token_urlsafe
from time import monotonic

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from tastemaker.accounts.passwords import Passwords
from tastemaker.accounts.registry import Registry
from tastemaker.accounts.registry import make_admin as give_admin
from tastemaker.adapters.slates.pausing import PausingSlates
from tastemaker.api.api_config import refuse_open_writes
from tastemaker.api.app import create_app
from tastemaker.api.asked_once import AskedOnce
from tastemaker.api.open_storefront import open_pictures, open_storefront
from tastemaker.api.services import Services, swap_recommender
from tastemaker.api.slate_cache import SlateCache
from tastemaker.api.stored_slates import StoredSlates
from tastemaker.api.storefront import Storefront
from tastemaker.config import Settings
from tastemaker.core.account import Account
from tastemaker.core.clock import system_clock
from tastemaker.core.message import Message
from tastemaker.core.topics import Topic
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.models.blas_threads import limit_blas_threads
from tastemaker.observe.experiments.assign import Experiments
from tastemaker.observe.metrics import Metrics
from tastemaker.observe.slate_writer import SlateWriter
from tastemaker.observe.state_metrics import StateMetrics
from tastemaker.recommend.pipeline import Recommender
from tastemaker.roles.model_watch import ModelWatch
from tastemaker.roles.outbox import Outbox
from tastemaker.roles.retraining import Retraining
from tastemaker.store.accounts import AccountStore
from tastemaker.store.arrivals import Arrivals
from tastemaker.store.database import Database
from tastemaker.store.group_commit import GroupCommitConfig
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.user_genres import UserGenres
from tastemaker.store.version_folder import Pointer
from tastemaker.train.retrain_state import RetrainStates
from tastemaker.wire.backends import keeps_slates_in_file, open_bus, open_slate_log, open_slates
from tastemaker.wire.experiments import say_untrained
from tastemaker.wire.opened import Opened
from tastemaker.wire.people import open_people
from tastemaker.wire.places import (
    catalogue_file,
    database_engine,
    event_log,
    model_store,
    new_id,
)
from tastemaker.wire.recommender import open_checked, open_recommender
from tastemaker.wire.sharing import models_fetched, models_group
from tastemaker.wire.watching import watching

_HELD_BYTES = 64 * 2**20
_HELD_S = 5.0
"""What another process changes among the stored slates is seen after it, at the latest."""


def refuse_unsafe(settings: Settings) -> None:
    """Raises ConfigInvalid before any long work where the server would refuse to start."""
    refuse_open_writes(settings.api)


@contextmanager
def application(settings: Settings) -> Iterator[FastAPI]:
    """The HTTP application on what is in service; at the end the database is closed."""
    limit_blas_threads(1)
    with ExitStack() as open_until_end:
        open_until_end.enter_context(models_fetched(settings, "gateway"))
        silent_s = settings.store.timeout_s
        log = open_until_end.enter_context(event_log(settings, silent_s))
        engine = open_until_end.enter_context(database_engine(settings, silent_s))
        # Before the models are opened, so that what is promoted meanwhile is looked at.
        pointer = model_store(settings).pointer()
        services = _services(settings, log, engine, open_until_end)
        try:
            services.recommender.warm_up()
            say_untrained(settings, services.recommender)
            storefront = _storefront(settings, engine, services.catalogue)
            app = create_app(services, settings.api, storefront)
            with _model_watch(settings, app, services, pointer).running(settings.api.look_every_s):
                yield app
        finally:
            services.slates.close()


def make_admin(settings: Settings, name: str, ask_password: Callable[[], str]) -> Account:
    """An account with the rights of an operator; ask_password: called where it is a new one."""
    with database_engine(settings) as engine:
        store = AccountStore(Database(engine))
        passwords = Passwords(settings.accounts.min_password_length)
        registry = Registry(store, passwords, settings.accounts, system_clock, new_id)
        return give_admin(registry, name, ask_password)


def _services(
    settings: Settings, log: InteractionLog, engine: Engine, open_until_end: ExitStack
) -> Services:
    catalogue = Catalogue.load(catalogue_file(settings))
    recommender = open_recommender(settings, catalogue)
    models = model_store(settings)
    registry = CollectorRegistry()
    metrics, state = Metrics(registry), StateMetrics(registry)
    made = models.version(recommender.version).manifest.provenance
    metrics.model_in_service(made.version, made.created_at, system_clock)
    slate_log = open_until_end.enter_context(
        open_slate_log(settings.slate_log, engine, waits=False)
    )
    bus = open_bus(settings.bus, settings.home, system_clock)
    open_until_end.callback(bus.close)
    outbox = Outbox(bus, GroupCommitConfig(), metrics.messages_lost)
    open_until_end.callback(outbox.close)
    stored = _stored(settings, engine, log, catalogue, outbox, metrics, open_until_end)
    slates = SlateWriter(
        slate_log,
        settings.slate_writing,
        monotonic,
        metrics.slates_written,
        metrics.slates_lost,
    )
    state.queue("events", log.n_waiting)
    state.queue("outbox", outbox.n_waiting)
    state.queue("slate_log", slates.n_waiting)
    opened = Opened(
        engine,
        log,
        bus,
        None if stored is None else stored.slates,
        slate_log,
        models_group(settings, "gateway"),
    )
    watch = open_until_end.enter_context(
        watching(settings, opened, state, model=None, measures=False)
    )
    return Services(
        recommender=recommender,
        catalogue=catalogue,
        people=open_people(settings, log),
        interactions=log,
        metrics=metrics,
        weights=settings.feedback.weights,
        clock=system_clock,
        new_id=new_id,
        retraining=Retraining(bus, RetrainStates(Database(engine)), system_clock, new_id),
        onto_bus=_onto_bus(settings, outbox),
        remembered=_remembered(settings),
        genres=UserGenres(Database(engine)),
        slates=slates,
        slate_log=slate_log,
        experiments=Experiments(settings.experiments),
        stored=stored,
        reads_files=_in_file(engine),
        dependencies=watch.states,
    )


def _remembered(settings: Settings) -> SlateCache | None:
    if not settings.api.remember_mb:
        return None
    return SlateCache(settings.api.remember_mb * 2**20, settings.api.remember_s, monotonic)


def _onto_bus(
    settings: Settings, outbox: Outbox
) -> Callable[[Sequence[Message]], "Future[None]"] | None:
    if settings.interactions.through == "database":
        return None
    return partial(outbox.send, Topic.INTERACTIONS)


def _stored(
    settings: Settings,
    engine: Engine,
    log: InteractionLog,
    catalogue: Catalogue,
    outbox: Outbox,
    metrics: Metrics,
    open_until_end: ExitStack,
) -> StoredSlates | None:
    config = settings.slates
    if not config.is_on:
        return None
    kept = open_until_end.enter_context(open_slates(config, system_clock, engine, waits=False))
    return StoredSlates(
        PausingSlates(kept, monotonic),
        log.revision,
        catalogue,
        outbox.tell,
        timedelta(seconds=config.stale_after_s),
        system_clock,
        AskedOnce(monotonic),
        tuple(settings.variants),
        _held(engine, open_until_end),
        metrics.slates.stored_missed,
        reads_files=_in_file(engine) and keeps_slates_in_file(config, engine),
    )


def _held(engine: Engine, open_until_end: ExitStack) -> SlateCache | None:
    """Other databases do not tell at once that somebody has written."""
    if not _in_file(engine):
        return None
    arrivals = open_until_end.enter_context(closing(Arrivals(engine, monotonic)))
    return SlateCache(_HELD_BYTES, _HELD_S, monotonic, arrivals.users)


def _in_file(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def _model_watch(
    settings: Settings, app: FastAPI, services: Services, tried: Pointer | None
) -> ModelWatch[Recommender]:
    models = model_store(settings)

    def swap(recommender: Recommender) -> None:
        made = models.version(recommender.version).manifest.provenance
        services.metrics.model_in_service(made.version, made.created_at, system_clock)
        swap_recommender(app, recommender)

    watch = ModelWatch(
        models.pointer,
        partial(open_checked, settings, services.catalogue),
        swap,
        monotonic,
        answering=services.recommender.version,
        tried=tried,
    )
    services.metrics.model_looked_for(watch.blind_s)
    return watch


def _storefront(settings: Settings, engine: Engine, catalogue: Catalogue) -> Storefront:
    return open_storefront(
        engine,
        catalogue,
        settings.accounts,
        open_pictures(settings.home / "pictures", catalogue, settings.pictures, system_clock),
        Passwords(settings.accounts.min_password_length),
        model_store(settings).stored,
        clock=system_clock,
        new_id=new_id,
        new_token=token_urlsafe,
    )
