"""What the pages for people need beside the recommender, given from outside."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from tastemaker.accounts.own_items import OwnItems
from tastemaker.accounts.registry import Registry
from tastemaker.accounts.sign_in import SignIn
from tastemaker.models.manifest import Manifest
from tastemaker.pictures.proxy import PictureProxy
from tastemaker.search.suggest import TitleIndex
from tastemaker.store.account_pictures import AccountPictureStore


@dataclass(frozen=True, slots=True)
class Storefront:
    """trained: the manifests of the models on the disk, the newest first."""

    registry: Registry
    sign_in: SignIn
    own_items: OwnItems
    faces: AccountPictureStore
    titles: TitleIndex
    pictures: PictureProxy
    trained: Callable[[], Sequence[Manifest]]

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Around the life of the application: closes what is open at its end."""
        yield
        await self.pictures.close()


async def _storefront(request: Request) -> Storefront:
    storefront: Storefront = request.app.state.storefront
    return storefront


UsedStorefront = Annotated[Storefront, Depends(_storefront)]
