"""The condition that the visitor has watched an item, or has not."""

from enum import StrEnum

import numpy as np
from fastapi import Request
from numpy.typing import NDArray

from tastemaker.accounts.own_items import Shelf
from tastemaker.api.storefront import Storefront
from tastemaker.api.visitor import COOKIE
from tastemaker.core.errors import SignInNeeded
from tastemaker.ingest.catalogue import Catalogue


class Watched(StrEnum):
    ME = "me"
    NOT_ME = "not_me"


def fulfilling(watched: Watched, request: Request, catalogue: Catalogue) -> NDArray[np.bool_]:
    """(n_items,). A rated item counts as watched. Raises SignInNeeded."""
    storefront: Storefront | None = getattr(request.app.state, "storefront", None)
    device = storefront and storefront.sign_in.device_of(request.cookies.get(COOKIE))
    if not storefront or not device or not device.active:
        raise SignInNeeded(
            "Only a signed-in person has watched something",
            where="query.watched",
            next_step="Sign in: POST /api/v1/sessions.",
        )
    seen = np.zeros(len(catalogue), np.bool_)
    for item_id, own in storefront.own_items.every(device.active).items():
        position = catalogue.position.get(item_id)
        if position is not None and (own.is_on(Shelf.WATCHED) or own.is_on(Shelf.RATED)):
            seen[position] = True
    return seen if watched is Watched.ME else ~seen
