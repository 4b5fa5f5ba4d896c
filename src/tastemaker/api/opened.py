"""A film of one's row was opened: an event, and an answer to the slate of that row."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from tastemaker.api.known_item import known_item
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.api.storefront import UsedStorefront
from tastemaker.api.visitor import Writer
from tastemaker.core.ids import Id, SessionId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.core.slate_answers import event_id_of
from tastemaker.core.slate_record import SlateFeedback

router = APIRouter(prefix=PREFIX, tags=["me"])


class Opening(BaseModel, frozen=True, extra="forbid"):
    item_id: Id
    session_id: Id = Field(description="Of the slate in which it stood.")


@router.post(
    "/me/opened",
    summary="An item of a slate was opened",
    description="Answers the slate and counts as a `view` of the account; the same again counts"
    " once.",
    status_code=204,
    responses=problems(401, 403, 404, 413, 422, 503),
)
def opened(
    services: UsedServices, storefront: UsedStorefront, writer: Writer, wanted: Opening
) -> None:
    item_id = known_item(services.catalogue, wanted.item_id)
    session_id = SessionId(wanted.session_id)
    at = storefront.own_items.clock()
    user_id = writer.account.user_id
    event_id = event_id_of(user_id, session_id, item_id, Action.VIEW)
    event = Interaction(event_id, user_id, item_id, Action.VIEW, None, at, session_id=session_id)
    services.interactions.submit([event]).result()
    services.slates.answered(
        [SlateFeedback(event_id, session_id, item_id, Action.VIEW, at, user_id)]
    )
