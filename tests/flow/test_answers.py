"""What people answered to their slates reaches the log of slates, whoever dies on the way."""

import shutil
from pathlib import Path

import httpx2
from sqlalchemy import select

from tastemaker.adapters.bus.sqlite import SqliteBus
from tastemaker.core.clock import system_clock
from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.core.topics import InteractionHappened, Topic
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.slate_tables import slate_feedback
from tests.flow.processes import role, until
from tests.flow.server import running
from tests.flow.small import source_of

N_ANSWERS = 20
LATE = {"TASTEMAKER__SLATE_WRITING__WRITE_EVERY_S": "60"}


def test_no_answer_to_a_slate_is_lost_with_a_killed_gateway(
    circles_home: Path, tmp_path: Path
) -> None:
    home, source = Path(shutil.copytree(circles_home, tmp_path / "home")), source_of(circles_home)
    with running(home, what=("role", "gateway"), **source, **LATE) as server:
        address = f"{server.address}/api/v1"
        slate = httpx2.get(f"{address}/recommendations/u1").raise_for_status().json()
        events = [
            {
                "event_id": f"e{number}",
                "user_id": "u1",
                "item_id": f"i{number:02}",
                "action": "watched",
                "session_id": slate["session_id"],
            }
            for number in range(N_ANSWERS)
        ]
        httpx2.post(f"{address}/interactions", json=events).raise_for_status()
        server.process.kill()
    assert _answers(home) == set()
    _publish_elsewhere(home, slate["session_id"])
    with role("recorder", home, **source):
        until(lambda: _answers(home) == {"elsewhere", *(event["event_id"] for event in events)})


def _publish_elsewhere(home: Path, session_id: SessionId) -> None:
    """By a program that knows no gateway."""
    user, item = UserId("u1"), ItemId("i01")
    event_id, now = EventId("elsewhere"), system_clock()
    event = Interaction(event_id, user, item, Action.LIKE, None, now, session_id=session_id)
    bus = SqliteBus(home / "bus.db", system_clock)
    bus.publish(Topic.INTERACTIONS, InteractionHappened.messages([event]))
    bus.close()


def _answers(home: Path) -> set[str]:
    """Ids of the events that are known as answers to a slate."""
    engine = open_engine(f"sqlite:///{home}/tastemaker.db", StoreConfig())
    try:
        with engine.connect() as connection:
            return set(connection.execute(select(slate_feedback.c.event_id)).scalars())
    finally:
        engine.dispose()
