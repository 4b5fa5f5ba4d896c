"""The picture in an account's circle: chosen by its owner, seen by everybody."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from tastemaker.accounts.names import MAX_NAME_LENGTH, name_key
from tastemaker.api.me_answer import ME_EXAMPLE, MeAnswer, example, me_answer
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.storefront import UsedStorefront
from tastemaker.api.visitor import AnyVisitor, Writer
from tastemaker.core.errors import BodyTooLarge, NotFound
from tastemaker.pictures.square import MEDIA_TYPE, SIDE_PX, squared

router = APIRouter(prefix=PREFIX, tags=["accounts"])

_KEPT_BY_BROWSERS_S = 7 * 86_400
_BINARY = {"schema": {"type": "string", "format": "binary"}}


async def _sent(request: Request, storefront: UsedStorefront) -> bytes:
    """Raises BodyTooLarge."""
    max_bytes = storefront.registry.config.max_picture_bytes
    content = await request.body()
    if len(content) > max_bytes:
        raise BodyTooLarge(
            f"The picture has more than {max_bytes} bytes",
            where="body",
            next_step="Choose a smaller one.",
        )
    return content


@router.put(
    "/me/picture",
    summary="Choose one's picture",
    description=f"A JPEG, PNG, WebP or GIF picture as the body. Its middle is kept as a square of"
    f" {SIDE_PX} px; of a moving picture the first frame. What else the file holds is not kept.",
    responses=example(ME_EXAMPLE) | problems(401, 403, 413, 422, 503),
    openapi_extra={"requestBody": {"required": True, "content": {"image/*": _BINARY}}},
)
def choose_picture(
    storefront: UsedStorefront,
    visitor: AnyVisitor,
    writer: Writer,
    content: Annotated[bytes, Depends(_sent)],
) -> MeAnswer:
    account = writer.account
    now = storefront.registry.clock()
    picture_hash = storefront.faces.put(account.account_id, squared(content), now)
    return me_answer(replace(account, picture_hash=picture_hash), visitor.token)


@router.delete(
    "/me/picture",
    summary="Take one's picture away",
    description="The circle shows the initial again.",
    responses=example(ME_EXAMPLE) | problems(401, 403, 503),
)
def remove_picture(storefront: UsedStorefront, visitor: AnyVisitor, writer: Writer) -> MeAnswer:
    storefront.faces.remove(writer.account.account_id)
    return me_answer(replace(writer.account, picture_hash=None), visitor.token)


@router.get(
    "/accounts/picture",
    summary="The picture of an account",
    description="At the address that `picture` of an account or a review names.",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: _BINARY}},
        304: {"description": "The browser has it already."},
        **problems(404, 422, 503),
    },
)
def account_picture(
    storefront: UsedStorefront,
    name: Annotated[str, Query(min_length=1, max_length=MAX_NAME_LENGTH)],
    hash: Annotated[str, Query(pattern="^[0-9a-f]{64}$")],  # noqa: A002
    if_none_match: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    found = storefront.faces.of_name(name_key(name), hash)
    if found is None:
        raise NotFound("There is no such picture any more", where="query", next_step="Draw one.")
    tag = f'"{hash}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={_KEPT_BY_BROWSERS_S}, immutable",
        "Content-Security-Policy": "default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    if tag in (known.strip() for known in if_none_match.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(found, media_type=MEDIA_TYPE, headers=headers)
