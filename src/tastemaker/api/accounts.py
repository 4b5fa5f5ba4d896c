"""Make an account, change it, erase it."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from tastemaker.accounts.names import MAX_NAME_LENGTH
from tastemaker.accounts.passwords import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from tastemaker.api.me_answer import ME_EXAMPLE, MeAnswer, example, me_answer
from tastemaker.api.personal_slate import make_anew
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.api.storefront import UsedStorefront
from tastemaker.api.visitor import AnyVisitor, OurVisitor, Writer, address_of, set_cookie
from tastemaker.core.account import MAX_FAVOURITE_GENRES, Language
from tastemaker.core.errors import RequestInvalid

router = APIRouter(prefix=PREFIX, tags=["accounts"])

NewName = Annotated[
    str, Field(min_length=1, max_length=MAX_NAME_LENGTH, description="Shown to others.")
]
Password = Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD_LENGTH)]
NewPassword = Annotated[str, Field(min_length=MIN_PASSWORD_LENGTH, max_length=MAX_PASSWORD_LENGTH)]


class NewAccount(BaseModel, frozen=True, extra="forbid"):
    name: NewName
    password: NewPassword
    language: Language = Language.ENGLISH


class ProfileChange(BaseModel, frozen=True, extra="forbid"):
    """What is left out stays as it is."""

    name: NewName | None = None
    language: Language | None = None
    favourite_genres: list[str] | None = Field(default=None, max_length=MAX_FAVOURITE_GENRES)


class PasswordChange(BaseModel, frozen=True, extra="forbid"):
    old: Password
    new: NewPassword


class Erasure(BaseModel, frozen=True, extra="forbid"):
    password: Password


@router.post(
    "/accounts",
    summary="Make an account",
    description="And sign in with it on this device.",
    status_code=201,
    responses=example(ME_EXAMPLE, 201) | problems(403, 409, 413, 422, 429, 503),
)
def register(
    storefront: UsedStorefront,
    visitor: OurVisitor,
    request: Request,
    response: Response,
    wanted: NewAccount,
) -> MeAnswer:
    sign_in = storefront.sign_in
    address = address_of(request)
    sign_in.throttle.check_registration(address, sign_in.clock())
    account = storefront.registry.register(wanted.name, wanted.password, wanted.language)
    sign_in.throttle.registered(address, sign_in.clock())
    token = sign_in.at_once(account, visitor.device)
    set_cookie(response, request, token, sign_in.config.sign_in_days)
    return me_answer(account, token)


@router.get(
    "/me",
    summary="Who is signed in",
    description="Answers also where nobody is.",
    responses=example(ME_EXAMPLE) | problems(503),
)
def me(visitor: AnyVisitor) -> MeAnswer:
    return me_answer(visitor.account, visitor.token)


@router.patch(
    "/me",
    summary="Change one's profile",
    responses=example(ME_EXAMPLE) | problems(401, 403, 409, 413, 422, 503),
)
def change_profile(
    storefront: UsedStorefront,
    services: UsedServices,
    visitor: AnyVisitor,
    writer: Writer,
    change: ProfileChange,
) -> MeAnswer:
    unknown = sorted(set(change.favourite_genres or ()) - set(services.catalogue.genres))
    if unknown:
        raise RequestInvalid(
            f"The catalogue has no genre '{unknown[0]}'",
            where="body.favourite_genres",
            next_step="Those it has: GET /api/v1/config.",
        )
    account = storefront.registry.change(
        writer.account,
        name=change.name,
        language=change.language,
        favourite_genres=change.favourite_genres,
    )
    if change.favourite_genres is not None:
        make_anew(services, account.user_id)
    return me_answer(account, visitor.token)


@router.put(
    "/me/password",
    summary="Change one's password",
    description="Signs the account out on every other device.",
    status_code=204,
    responses=problems(401, 403, 413, 422, 429, 503),
)
def change_password(
    storefront: UsedStorefront, request: Request, writer: Writer, change: PasswordChange
) -> None:
    with storefront.sign_in.guarded(writer.account.name, address_of(request)):
        storefront.registry.change_password(writer.account, change.old, change.new)
    storefront.sign_in.out_everywhere(writer.account, but_on=writer.device)


@router.delete(
    "/me",
    summary="Erase one's account",
    description="With everything the person rated, listed, wrote and was shown. Cannot be undone."
    " Models forget the person with the next training.",
    status_code=204,
    responses=problems(401, 403, 413, 422, 429, 503),
)
def erase(
    services: UsedServices,
    storefront: UsedStorefront,
    request: Request,
    writer: Writer,
    erasure: Erasure,
) -> None:
    with storefront.sign_in.guarded(writer.account.name, address_of(request)):
        storefront.registry.check_password(writer.account, erasure.password)
    # First what may be kept elsewhere: where that is away, the person can try again.
    user_id = writer.account.user_id
    services.slates.forget(user_id)
    if services.stored is not None:
        services.stored.forget(user_id)
    storefront.sign_in.out(writer.device, writer.account)
    storefront.registry.store.erase(writer.account)
    make_anew(services, user_id)
