"""The storefront put together from a database, a catalogue and the configuration."""

from collections.abc import Callable, Sequence
from pathlib import Path

import httpx2
from sqlalchemy import Engine

from tastemaker.accounts.config import AccountsConfig
from tastemaker.accounts.own_items import OwnItems
from tastemaker.accounts.passwords import Passwords
from tastemaker.accounts.registry import Registry
from tastemaker.accounts.sign_in import SignIn
from tastemaker.accounts.throttle import Throttle
from tastemaker.api.storefront import Storefront
from tastemaker.core.clock import Clock
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.models.manifest import Manifest
from tastemaker.pictures.config import PicturesConfig
from tastemaker.pictures.disk_cache import DiskCache
from tastemaker.pictures.fetch_once import FetchOnce
from tastemaker.pictures.proxy import PictureProxy
from tastemaker.pictures.tmdb import Tmdb
from tastemaker.search.suggest import TitleIndex
from tastemaker.store.account_pictures import AccountPictureStore
from tastemaker.store.accounts import AccountStore
from tastemaker.store.database import Database
from tastemaker.store.devices import DeviceStore
from tastemaker.store.marks import MarkStore
from tastemaker.store.reviews import ReviewStore
from tastemaker.store.sign_in_failures import SignInFailureStore


def open_storefront(
    engine: Engine,
    catalogue: Catalogue,
    accounts: AccountsConfig,
    pictures: PictureProxy,
    passwords: Passwords,
    trained: Callable[[], Sequence[Manifest]],
    *,
    clock: Clock,
    new_id: Callable[[], str],
    new_token: Callable[[], str],
) -> Storefront:
    """engine: of a migrated database. new_id: a text of at most 32 characters that nobody can
    guess, a fresh one at each call; new_token: a secret of the same kind, of any length."""
    database = Database(engine)
    marks, reviews = MarkStore(database, new_id), ReviewStore(database)
    store = AccountStore(database)
    return Storefront(
        registry=Registry(store, passwords, accounts, clock, new_id),
        sign_in=SignIn(
            accounts=store,
            devices=DeviceStore(database),
            passwords=passwords,
            throttle=Throttle(SignInFailureStore(database), accounts),
            config=accounts,
            clock=clock,
            new_token=new_token,
            new_id=new_id,
        ),
        own_items=OwnItems(database, marks, reviews, accounts, clock, new_id),
        faces=AccountPictureStore(database),
        titles=TitleIndex(catalogue),
        pictures=pictures,
        trained=trained,
    )


def open_pictures(
    folder: Path, catalogue: Catalogue, config: PicturesConfig, clock: Clock
) -> PictureProxy:
    """folder: where pictures are kept. Opens no connection yet."""
    fetched = FetchOnce(DiskCache(folder, config.max_cache_bytes, clock), config, clock)
    if config.tmdb_key is None:
        return PictureProxy(catalogue, None, fetched)
    client = httpx2.AsyncClient(timeout=config.timeout_s, follow_redirects=False)
    tmdb = Tmdb(client, config, config.tmdb_key.get_secret_value())
    return PictureProxy(catalogue, tmdb, fetched)
