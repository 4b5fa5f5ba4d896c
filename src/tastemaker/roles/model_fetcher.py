"""Brings a version that another machine has trained to this one."""

from collections.abc import Sequence

import structlog

from tastemaker.core.errors import Conflict, EnvironmentProblem, NotFound
from tastemaker.core.message import Delivery
from tastemaker.core.topics import ModelUpdated, Topic, payload_of
from tastemaker.roles.shared_models import SharedModels

log = structlog.get_logger(__name__)


class ModelFetcher:
    """Whoever answers here sees it as it sees one that was trained here."""

    topics = (Topic.MODEL_UPDATED,)

    def __init__(self, shared: SharedModels, group: str) -> None:
        """group: of this process alone: each reads every message."""
        self._shared = shared
        self.group = group

    def handle(self, deliveries: Sequence[Delivery]) -> None:
        """The newest alone. Raises EnvironmentProblem, after which it is tried again."""
        version = max(payload_of(one.message, ModelUpdated).version for one in deliveries)
        try:
            self._shared.fetch(version)
        except Conflict as busy:
            raise EnvironmentProblem(busy.what, where=busy.where) from busy
        except NotFound as gone:
            log.warning("models not shared any more", version=version, why=str(gone))
