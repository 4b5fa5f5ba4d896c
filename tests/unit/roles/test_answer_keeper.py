"""Every recorded event that names a slate answers it, whatever way it came and whoever died."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert

from tastemaker.adapters.slate_log.sql import SqlSlateLog
from tastemaker.core.errors import RequestInvalid, SlateLogUnavailable
from tastemaker.core.ids import EventId, ItemId, SessionId, UserId
from tastemaker.core.interaction import Action, Interaction
from tastemaker.core.slate_record import ShownSlate, SlateFeedback
from tastemaker.roles.answer_keeper import AnsweredUpTo, AnswerKeeper
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interaction_rows import row_of
from tastemaker.store.interaction_table import interactions
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.migrate import migrate

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SESSION = SessionId("s")
SHOWN = ShownSlate(
    SESSION, UserId("ann"), None, "full", "v1", "model", (ItemId("1"), ItemId("2")), NOW
)


class SlateLog(SqlSlateLog):
    """is_away: nothing can be written. refused: the event whose answer it cannot hold."""

    is_away = False
    refused = ""

    def record(self, shown: Sequence[ShownSlate], feedback: Sequence[SlateFeedback]) -> None:
        if self.is_away:
            raise SlateLogUnavailable("It is away")
        if any(answer.event_id == self.refused for answer in feedback):
            raise RequestInvalid("It cannot be held")
        super().record(shown, feedback)


@dataclass
class World:
    engine: Engine
    log: InteractionLog
    slates: SlateLog
    folder: Path

    def keeper(self) -> AnswerKeeper:
        place = AnsweredUpTo(self.folder / "home" / "answers.json")
        return AnswerKeeper(self.log, self.slates, place, max_rating=5.0)

    def answers(self) -> dict[str, Action]:
        found = self.slates.find(SESSION)
        assert found is not None
        return {answer.event_id: answer.action for answer in found.feedback}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    engine = open_engine(f"sqlite:///{tmp_path}/t.db", StoreConfig())
    migrate(engine)
    log, slates = InteractionLog(engine), SlateLog(engine)
    slates.record([SHOWN], [])
    yield World(engine, log, slates, tmp_path)
    log.close()
    engine.dispose()


def _event(
    name: str, action: Action = Action.LIKE, value: float | None = None, *, answers: bool = True
) -> Interaction:
    session_id = SESSION if answers else None
    user, item = UserId("ann"), ItemId("1")
    return Interaction(EventId(name), user, item, action, value, NOW, session_id=session_id)


def test_events_that_name_a_slate_answer_it_once(world: World) -> None:
    world.log.append([_event("liked"), _event("silent", answers=False)])
    world.log.append([_event("rated", Action.RATE, 4.5), _event("hated", Action.RATE, 1.0)])
    keeper = world.keeper()
    for _ in range(4):
        keeper.look()
    expected = {"liked": Action.LIKE, "rated": Action.LIKE, "hated": Action.DISLIKE}
    assert world.answers() == expected
    world.log.append([_event(f"more-{number}") for number in range(2_500)])
    keeper.look()
    assert len(world.answers()) == 2_503


def test_an_event_that_is_seen_after_later_ones_answers_too(world: World) -> None:
    """As where several write at once: numbers are given before they are committed."""
    world.log.append([_event("early"), _event("late")])
    with world.engine.begin() as connection:
        connection.execute(delete(interactions).where(interactions.c.event_id == "early"))
    keeper = world.keeper()
    keeper.look()
    assert set(world.answers()) == {"late"}
    with world.engine.begin() as connection:
        connection.execute(insert(interactions), row_of(_event("early")) | {"row": 1})
    keeper.look()
    assert set(world.answers()) == {"early", "late"}


def test_the_next_one_goes_on_where_a_killed_one_was(world: World) -> None:
    world.log.append([_event("a"), _event("b")])
    world.keeper().look()
    world.log.append([_event("c")])
    world.keeper().look()
    assert set(world.answers()) == {"a", "b", "c"}
    place = AnsweredUpTo(world.folder / "home" / "answers.json")
    keeper = world.keeper()
    for _ in range(3):
        keeper.look()
    assert place.read() == world.log.last_row()


def test_a_log_that_is_away_loses_no_answer(world: World) -> None:
    world.slates.is_away = True
    world.log.append([_event("a")])
    keeper = world.keeper()
    for _ in range(3):
        with pytest.raises(SlateLogUnavailable):
            keeper.look()
    world.slates.is_away = False
    keeper.look()
    assert set(world.answers()) == {"a"}


def test_one_answer_that_cannot_be_held_costs_no_other(world: World) -> None:
    world.slates.refused = "e7"
    world.log.append([_event(f"e{number}") for number in range(20)])
    world.keeper().look()
    assert set(world.answers()) == {f"e{number}" for number in range(20)} - {"e7"}
