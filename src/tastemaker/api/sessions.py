"""Sign in, switch between the accounts of a device, sign out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from tastemaker.accounts.names import initial
from tastemaker.api.accounts import Password
from tastemaker.api.me_answer import ME_EXAMPLE, MeAnswer, example, me_answer
from tastemaker.api.picture_address import picture_address
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.storefront import UsedStorefront
from tastemaker.api.visitor import COOKIE, AnyVisitor, OurVisitor, Writer, address_of, set_cookie
from tastemaker.core.errors import SignInNeeded
from tastemaker.core.ids import AccountId

router = APIRouter(prefix=PREFIX, tags=["accounts"])


class Credentials(BaseModel, frozen=True, extra="forbid"):
    name: str = Field(min_length=1, max_length=200)
    password: Password


class Switch(BaseModel, frozen=True, extra="forbid"):
    account_id: str = Field(max_length=32, description="One of `GET /sessions`.")


class AccountOnDevice(BaseModel):
    account_id: str
    name: str
    initial: str
    picture: str | None = Field(description="Its address; None where the initial stands for it.")
    active: bool


_SESSIONS_EXAMPLE = {
    "account_id": "8d3f",
    "name": "Anna",
    "initial": "A",
    "picture": None,
    "active": True,
}


@router.post(
    "/sessions",
    summary="Sign in",
    description="Beside the accounts that are signed in on this device already. The cookie of"
    " before opens nothing any more. After too many failures the next try has to wait.",
    status_code=201,
    responses=example(ME_EXAMPLE, 201) | problems(401, 403, 409, 413, 422, 429, 503),
)
def sign_in(
    storefront: UsedStorefront,
    visitor: OurVisitor,
    request: Request,
    response: Response,
    given: Credentials,
) -> MeAnswer:
    token = storefront.sign_in.with_password(
        given.name, given.password, address_of(request), visitor.device
    )
    return _signed_in(storefront, request, response, token)


@router.get(
    "/sessions",
    summary="Accounts signed in on this device",
    responses={
        200: {"content": {"application/json": {"example": [_SESSIONS_EXAMPLE]}}},
        **problems(503),
    },
)
def sessions(visitor: AnyVisitor) -> list[AccountOnDevice]:
    accounts = () if visitor.device is None else visitor.device.signed_in
    return [
        AccountOnDevice(
            account_id=account.account_id,
            name=account.name,
            initial=initial(account.name),
            picture=picture_address(account.name, account.picture_hash),
            active=account == visitor.account,
        )
        for account in accounts
    ]


@router.put(
    "/sessions/active",
    summary="Switch to another account of this device",
    responses=example(ME_EXAMPLE) | problems(401, 403, 404, 413, 422, 503),
)
def switch(
    storefront: UsedStorefront,
    visitor: OurVisitor,
    request: Request,
    response: Response,
    wanted: Switch,
) -> MeAnswer:
    if visitor.device is None:
        raise SignInNeeded("Nobody is signed in", next_step="Sign in: POST /api/v1/sessions.")
    token = storefront.sign_in.switch(visitor.device, AccountId(wanted.account_id))
    return _signed_in(storefront, request, response, token)


@router.delete(
    "/sessions/active",
    summary="Sign the active account out",
    description="Another account of the device becomes the active one where there is one.",
    responses=example(ME_EXAMPLE) | problems(401, 403, 503),
)
def sign_out(storefront: UsedStorefront, visitor: AnyVisitor, writer: Writer) -> MeAnswer:
    storefront.sign_in.out(writer.device, writer.account)
    device = storefront.sign_in.device_of(visitor.token)
    return me_answer(None if device is None else device.active, visitor.token)


@router.delete(
    "/sessions",
    summary="Sign out all accounts of this device",
    description="`everywhere`: instead, the active account on every device.",
    status_code=204,
    responses=problems(401, 403, 422, 503),
)
def sign_out_all(
    storefront: UsedStorefront,
    response: Response,
    writer: Writer,
    everywhere: Annotated[bool, Query()] = False,
) -> None:
    if everywhere:
        storefront.sign_in.out_everywhere(writer.account)
        return
    storefront.sign_in.all_out(writer.device)
    response.delete_cookie(COOKIE, path="/")


def _signed_in(
    storefront: UsedStorefront, request: Request, response: Response, token: str
) -> MeAnswer:
    device = storefront.sign_in.device_of(token)
    set_cookie(response, request, token, storefront.sign_in.config.sign_in_days)
    return me_answer(None if device is None else device.active, token)
