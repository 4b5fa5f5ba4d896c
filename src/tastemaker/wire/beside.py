"""All roles but the gateway, in one process beside it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import structlog

from tastemaker.config import Settings
from tastemaker.roles.apart import FULL_EFFORT
from tastemaker.roles.kept_running import kept_running
from tastemaker.roles.running import run_until_stopped
from tastemaker.wire.roles import ROLES, open_roles

log = structlog.get_logger(__name__)


def roles_beside(
    settings: Settings, begin: Callable[[], None] | None = None
) -> AbstractContextManager[None]:
    """begin: called first in the process, and in that of a training, to set up its logs."""
    return kept_running(settings.train.beside, _all_roles, settings, begin)


def _all_roles(settings: Settings, begin: Callable[[], None] | None) -> None:
    if begin is not None:
        begin()
    with open_roles(_standing_back(settings), ROLES, begin) as running:
        run_until_stopped(running, lambda: log.info("roles ready", roles=ROLES))


def _standing_back(settings: Settings) -> Settings:
    """This process does so already, and a training it starts with it: once is enough."""
    train = settings.train.model_copy(update={"beside": FULL_EFFORT})
    return settings.model_copy(update={"train": train})
