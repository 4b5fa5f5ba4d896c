import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tastemaker.store.engine import StoreConfig, open_engine
from tastemaker.store.interaction_table import interactions
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.migrate import migrate

POSTGRES_URL = "TASTEMAKER_TEST_POSTGRES_URL"


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind, migrated."""
    url = f"sqlite:///{tmp_path}/store.db"
    if request.param == "postgresql":
        url = os.environ.get(POSTGRES_URL, "")
        if not url:
            pytest.skip(f"{POSTGRES_URL} names no database to test with")
    engine = open_engine(url, StoreConfig())
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(interactions.delete())
    yield engine
    engine.dispose()


@pytest.fixture
def log(engine: Engine) -> Iterator[InteractionLog]:
    log = InteractionLog(engine)
    yield log
    log.close()
