"""A slate that is ready: sent in a session of its own, and noted as shown."""

from tastemaker.api import stored_answer
from tastemaker.api.json_answer import JsonAnswer, ReadyJson
from tastemaker.api.services import Services
from tastemaker.api.stored_answer import StoredAnswer
from tastemaker.core.ids import SessionId, UserId
from tastemaker.core.slate import Source
from tastemaker.core.slate_record import ShownSlate


def sent(
    services: Services,
    ready: StoredAnswer,
    user_id: UserId,
    variant: str,
    experiment: str | None = None,
    source: Source = Source.STORED,
) -> JsonAnswer:
    """user_id: to whom it is shown."""
    session_id = SessionId(services.new_id())
    if source is Source.STORED:
        services.metrics.slates.stored_sent(variant)
    else:
        services.metrics.slates.remembered_sent(variant)
    services.slates.shown(
        ShownSlate(
            session_id=session_id,
            user_id=user_id,
            experiment=experiment,
            variant=variant,
            model_version=ready.model_version,
            source=source.value,
            item_ids=ready.item_ids,
            at=services.clock(),
        )
    )
    return ReadyJson(stored_answer.sent(ready, session_id))
