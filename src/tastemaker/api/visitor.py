"""Who is asking: the cookie of the browser, and the proof that a write comes from our pages."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Cookie, Depends, Header, Request, Response, Security
from fastapi.security import APIKeyCookie

from tastemaker.accounts.tokens import csrf_fits
from tastemaker.api.services import UsedConfig
from tastemaker.api.storefront import UsedStorefront
from tastemaker.core.account import Account
from tastemaker.core.errors import Forbidden, SignInNeeded
from tastemaker.store.devices import Device

COOKIE = "tastemaker_session"
CSRF_HEADER = "X-CSRF-Token"
_SECONDS_A_DAY = 86_400
_COOKIE = APIKeyCookie(name=COOKIE, auto_error=False, description="Set by signing in.")


@dataclass(frozen=True, slots=True)
class Visitor:
    """device: None for a browser on which nobody has signed in."""

    token: str | None
    device: Device | None

    @property
    def account(self) -> Account | None:
        return None if self.device is None else self.device.active


@dataclass(frozen=True, slots=True)
class SignedIn:
    account: Account
    device: Device


def _visitor(
    storefront: UsedStorefront,
    token: Annotated[str | None, Cookie(alias=COOKIE, include_in_schema=False)] = None,
) -> Visitor:
    device = storefront.sign_in.device_of(token)
    return Visitor(None if device is None else token, device)


AnyVisitor = Annotated[Visitor, Depends(_visitor)]


def _from_our_pages(
    request: Request,
    visitor: AnyVisitor,
    config: UsedConfig,
    given: Annotated[
        str | None,
        Header(alias=CSRF_HEADER, description="`csrf_token` of `GET /me`, where there is one."),
    ] = None,
) -> Visitor:
    """Raises Forbidden for a write that a page of another site may have caused."""
    origin = request.headers.get("origin")
    is_ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not is_ours and origin not in config.cors_origins:
        raise Forbidden(
            "The request comes from a page of another site",
            where="header Origin",
            next_step="Use the pages of this server.",
        )
    if visitor.token is not None and not csrf_fits(visitor.token, given or ""):
        raise Forbidden(
            f"The token in {CSRF_HEADER} is missing or wrong",
            where=f"header {CSRF_HEADER}",
            next_step="Send csrf_token of GET /api/v1/me; it changes with each sign-in.",
        )
    return visitor


def _signed_in(visitor: AnyVisitor, _: Annotated[str | None, Security(_COOKIE)]) -> SignedIn:
    """Raises SignInNeeded."""
    if visitor.device is None or visitor.device.active is None:
        raise SignInNeeded(
            "Nobody is signed in, or the sign-in has expired",
            where=f"cookie {COOKIE}",
            next_step="Sign in: POST /api/v1/sessions.",
        )
    return SignedIn(visitor.device.active, visitor.device)


# The order of the parameters is the order of the checks: who is nobody is told to sign in.
def _writer(
    signed_in: Annotated[SignedIn, Depends(_signed_in)],
    _: Annotated[Visitor, Depends(_from_our_pages)],
) -> SignedIn:
    return signed_in


def _admin(signed_in: Annotated[SignedIn, Depends(_signed_in)]) -> SignedIn:
    """Raises Forbidden."""
    if not signed_in.account.is_admin:
        raise Forbidden(
            "Only operators may see this",
            next_step="Ask one to run: tastemaker admin NAME.",
        )
    return signed_in


OurVisitor = Annotated[Visitor, Depends(_from_our_pages)]
Reader = Annotated[SignedIn, Depends(_signed_in)]
Writer = Annotated[SignedIn, Depends(_writer)]
Admin = Annotated[SignedIn, Depends(_admin)]


def set_cookie(response: Response, request: Request, token: str, sign_in_days: int) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=sign_in_days * _SECONDS_A_DAY,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""
