"""What is shown to whom goes into the log of slates."""

from tastemaker.api.services import Services
from tastemaker.core.ids import MAX_ID_LENGTH, SessionId, UserId
from tastemaker.core.slate import Slate
from tastemaker.core.slate_record import AnsweredSlate, ShownSlate, page_id
from tastemaker.recommend.shown import Shown

NOBODY = UserId("")
"""For whom a slate is that is the same for everybody, was asked for by a history, or for several
people together."""

_MAX_PAGES = 1_000


def note_shown(
    services: Services,
    slate: Slate,
    user_id: UserId,
    experiment: str | None = None,
    before: Shown | None = None,
) -> None:
    """Costs no time and never fails. before: what earlier pages showed; a later page is no slate
    of an experiment, only its first one is."""
    services.metrics.slates.made(slate)
    session_id = slate.session_id
    if before is not None:
        session_id, experiment = page_id(session_id, len(before.fingerprint)), None
    if len(session_id) > MAX_ID_LENGTH:  # made up by the client, in a cursor of its own
        return
    services.slates.shown(
        ShownSlate(
            session_id=session_id,
            user_id=user_id,
            experiment=experiment,
            variant=slate.model,
            model_version=slate.model_version,
            source=slate.source.value,
            item_ids=tuple([item.item_id for item in slate.items]),
            at=services.clock(),
        )
    )


def find_page(services: Services, session_id: SessionId, item_id: str) -> AnsweredSlate | None:
    """The page of a slate that shows the item; the last known one where none does.

    None for an unknown session. Raises SlateLogUnavailable.
    """
    page, n_before = services.slates.find(session_id), 0
    for _ in range(_MAX_PAGES):
        if page is None or not page.shown.item_ids or item_id in page.shown.item_ids:
            break
        n_before += len(page.shown.item_ids)
        following = services.slates.find(page_id(session_id, n_before))
        if following is None:
            break
        page = following
    return page
