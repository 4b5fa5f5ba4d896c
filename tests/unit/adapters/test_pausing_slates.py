"""A server of slates that is silent is not waited for at every request."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from structlog.testing import capture_logs

from tastemaker.adapters.slates.pausing import PausingSlates
from tastemaker.adapters.slates.sql import SqlSlates
from tastemaker.core.errors import SlatesUnavailable
from tastemaker.core.stored_slate import SlateKey, SlateKind, StoredSlate
from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.migrate import migrate

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = SlateKey(SlateKind.USER, "ann", "full")
LIMIT_S = 60.0


class Silent(SqlSlates):
    """Until told otherwise; counts what it is asked."""

    is_away = True
    n_asked = 0

    def get(self, key: SlateKey) -> StoredSlate | None:
        self.n_asked += 1
        if self.is_away:
            raise SlatesUnavailable("away")
        return super().get(key)


def test_after_a_failure_it_is_left_alone_for_a_while_and_then_used_again(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/slates.db", StoreConfig())
    migrate(engine)
    silent, now_s = Silent(engine, lambda: NOW, ttl_s=60.0), [100.0]
    silent.put_many([StoredSlate(KEY, "v1", NOW, b"{}")])
    slates = PausingSlates(silent, lambda: now_s[0], pause_s=2.0)
    for _ in range(5):
        with pytest.raises(SlatesUnavailable):
            slates.get(KEY)
    assert silent.n_asked == 1
    silent.is_away = False
    with pytest.raises(SlatesUnavailable):
        slates.kept()
    now_s[0] += 2.0
    assert slates.get(KEY) is not None
    assert slates.kept().n == 1
    engine.dispose()


def test_while_one_finds_out_whether_it_is_back_nobody_else_waits(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/slates.db", StoreConfig())
    migrate(engine)
    asked, answers, now_s = Event(), Event(), [0.0]

    class Hanging(Silent):
        def get(self, key: SlateKey) -> StoredSlate | None:
            if self.n_asked:
                asked.set()
                answers.wait(LIMIT_S)
            return super().get(key)

    hanging = Hanging(engine, lambda: NOW, ttl_s=60.0)
    slates = PausingSlates(hanging, lambda: now_s[0], pause_s=2.0)
    with pytest.raises(SlatesUnavailable):
        slates.get(KEY)
    now_s[0] += 2.0
    hanging.is_away = False
    with ThreadPoolExecutor() as pool:
        finding_out = pool.submit(slates.get, KEY)
        assert asked.wait(LIMIT_S)
        with pytest.raises(SlatesUnavailable):
            slates.get(KEY)
        answers.set()
        assert finding_out.result(LIMIT_S) is None
    assert slates.get(KEY) is None
    engine.dispose()


def test_that_it_is_away_is_said_once_and_that_it_is_back(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/slates.db", StoreConfig())
    migrate(engine)
    silent, now_s = Silent(engine, lambda: NOW, ttl_s=60.0), [0.0]
    slates = PausingSlates(silent, lambda: now_s[0], pause_s=2.0)
    with capture_logs() as lines:
        for _ in range(10):
            now_s[0] += 1.0
            with pytest.raises(SlatesUnavailable):
                slates.get(KEY)
        silent.is_away = False
        for _ in range(3):
            now_s[0] += 2.0
            slates.get(KEY)
    assert [line["event"] for line in lines] == ["stored slates away", "stored slates back"]
    engine.dispose()
