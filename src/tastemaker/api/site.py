"""What the pages must know of the server before they show anything."""

from importlib.metadata import version

from fastapi import APIRouter
from pydantic import BaseModel, Field

from tastemaker.api.me_answer import example
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.api.storefront import UsedStorefront
from tastemaker.pictures.tmdb import ATTRIBUTION

router = APIRouter(prefix=PREFIX, tags=["catalogue"])


class SiteAnswer(BaseModel):
    pictures: bool = Field(description="Whether pictures may be asked for.")
    attribution: str | None = Field(description="To be shown where pictures are.")
    genres: list[str]
    variants: list[str] = Field(description="What `model` may be.")
    registration_open: bool
    max_review_characters: int
    min_password_length: int
    version: str


_EXAMPLE = {
    "pictures": False,
    "attribution": None,
    "genres": ["Action", "Drama"],
    "variants": ["fusion", "popular"],
    "registration_open": True,
    "max_review_characters": 10_000,
    "min_password_length": 8,
    "version": "0.1.0",
}


@router.get(
    "/config",
    summary="What the pages need to know",
    responses=example(_EXAMPLE) | problems(),
)
async def site(services: UsedServices, storefront: UsedStorefront) -> SiteAnswer:
    accounts = storefront.registry.config
    return SiteAnswer(
        pictures=storefront.pictures.is_on,
        attribution=ATTRIBUTION if storefront.pictures.is_on else None,
        genres=list(services.catalogue.genres),
        variants=list(services.recommender.variants),
        registration_open=accounts.registration_open,
        max_review_characters=accounts.max_review_characters,
        min_password_length=accounts.min_password_length,
        version=version("tastemaker"),
    )
