"""Pictures and descriptions of films, through this server."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from tastemaker.api.ids import ItemIdInPath
from tastemaker.api.known_item import known_item
from tastemaker.api.me_answer import example
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.api.storefront import UsedStorefront
from tastemaker.core.account import Language
from tastemaker.core.errors import NotFound
from tastemaker.core.ids import ItemId
from tastemaker.pictures.sizes import PictureKind, PictureSize
from tastemaker.pictures.tmdb import ATTRIBUTION

router = APIRouter(prefix=PREFIX, tags=["catalogue"])

_KEPT_BY_BROWSERS_S = 7 * 86_400
_BINARY = {"schema": {"type": "string", "format": "binary"}}


class DescriptionAnswer(BaseModel):
    text: str = Field(description="Empty where nobody has one.")
    attribution: str | None = Field(description="To be shown beside a text from outside.")


_EXAMPLE: dict[str, Any] = {"text": "A cowboy doll is jealous.", "attribution": ATTRIBUTION}


@router.get(
    "/pictures/{item_id:path}/{kind}/{size}",
    summary="A picture of an item",
    description="Fetched once from the outside API, verified and kept. 404 where there is none at"
    " present: draw a poster of your own then.",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": _BINARY, "image/png": _BINARY, "image/webp": _BINARY}},
        **problems(404, 422),
    },
)
async def picture(
    storefront: UsedStorefront, item_id: ItemIdInPath, kind: PictureKind, size: PictureSize
) -> Response:
    found = await storefront.pictures.picture(ItemId(item_id), kind, size)
    if found is None:
        raise NotFound("There is no such picture at present", where="path")
    headers = {
        "Cache-Control": f"public, max-age={_KEPT_BY_BROWSERS_S}",
        # Whatever the bytes are, no browser may take them for a page.
        "Content-Security-Policy": "default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(found.content, media_type=found.media_type, headers=headers)


@router.get(
    "/items/{item_id:path}/description",
    summary="The description of an item",
    description="The catalogue's own, else one from the outside API.",
    responses=example(_EXAMPLE) | problems(404, 422),
)
async def description(
    services: UsedServices,
    storefront: UsedStorefront,
    item_id: ItemIdInPath,
    language: Annotated[Language, Query()] = Language.ENGLISH,
) -> DescriptionAnswer:
    item = known_item(services.catalogue, item_id)
    own = services.catalogue.item(services.catalogue.position[item]).description
    if own:
        return DescriptionAnswer(text=own, attribution=None)
    text = await storefront.pictures.description(item, language)
    return DescriptionAnswer(text=text, attribution=ATTRIBUTION if text else None)
