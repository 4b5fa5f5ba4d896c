"""The HTTP application on what is in service."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_urlsafe

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from tastemaker.accounts.passwords import Passwords
from tastemaker.accounts.registry import Registry
from tastemaker.accounts.registry import make_admin as give_admin
from tastemaker.api.api_config import refuse_open_writes
from tastemaker.api.app import create_app
from tastemaker.api.open_storefront import open_pictures, open_storefront
from tastemaker.api.services import Services
from tastemaker.api.storefront import Storefront
from tastemaker.config import Settings
from tastemaker.core.account import Account
from tastemaker.core.clock import system_clock
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.models.blas_threads import limit_blas_threads
from tastemaker.models.bundle import ModelBundle
from tastemaker.observe.metrics import Metrics
from tastemaker.recommend.people import People
from tastemaker.recommend.pipeline import Recommender
from tastemaker.recommend.shelf import Shelf
from tastemaker.store.accounts import AccountStore
from tastemaker.store.database import Database
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.live_past import LivePast
from tastemaker.wire.places import (
    catalogue_file,
    database_engine,
    event_log,
    feature_store,
    in_service,
    model_store,
    new_id,
)


def refuse_unsafe(settings: Settings) -> None:
    """Raises ConfigInvalid before any long work where the server would refuse to start."""
    refuse_open_writes(settings.api)


@contextmanager
def application(settings: Settings) -> Iterator[FastAPI]:
    """The HTTP application on what is in service; at the end the database is closed."""
    limit_blas_threads(1)
    with event_log(settings) as log, database_engine(settings) as engine:
        services = _services(settings, log)
        services.recommender.warm_up()
        storefront = _storefront(settings, engine, services.catalogue)
        yield create_app(services, settings.api, storefront)


def make_admin(settings: Settings, name: str, ask_password: Callable[[], str]) -> Account:
    """An account with the rights of an operator; ask_password: called where it is a new one."""
    with database_engine(settings) as engine:
        store = AccountStore(Database(engine))
        passwords = Passwords(settings.accounts.min_password_length)
        registry = Registry(store, passwords, settings.accounts, system_clock, new_id)
        return give_admin(registry, name, ask_password)


def _services(settings: Settings, log: InteractionLog) -> Services:
    catalogue = Catalogue.load(catalogue_file(settings))
    recommender = open_recommender(settings, catalogue)
    metrics = Metrics(CollectorRegistry())
    made = in_service(settings).provenance
    metrics.model_in_service(made.version, made.created_at, system_clock)
    return Services(
        recommender=recommender,
        catalogue=catalogue,
        people=open_people(settings, log),
        interactions=log,
        metrics=metrics,
        weights=settings.feedback.weights,
        clock=system_clock,
        new_id=new_id,
    )


def open_recommender(settings: Settings, catalogue: Catalogue) -> Recommender:
    bundle = ModelBundle.load(model_store(settings).path(in_service(settings).provenance.version))
    return Recommender(
        bundle,
        Shelf.of(catalogue, bundle.item_ids),
        settings.variants,
        settings.feedback.weights,
        settings.recommend,
        new_session_id=new_id,
        stopwatch=time.perf_counter,
    )


def open_people(settings: Settings, log: InteractionLog) -> People:
    features = feature_store(settings).current()
    live = LivePast(log, settings.recommend.max_history)
    return People([live] if features is None else [features.histories(), live])


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
