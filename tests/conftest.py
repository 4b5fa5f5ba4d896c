"""No test is a timed one: a busy machine must not fail a property that holds.

Where everything the tests need is installed, TASTEMAKER_TEST_NO_SKIPS makes what is left out fail.
"""

import os
from collections.abc import Generator
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, make_url, text

settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("untimed")

POSTGRES_URL = "TASTEMAKER_TEST_POSTGRES_URL"
MONGODB_URL = "TASTEMAKER_TEST_MONGODB_URL"
REDIS_URL = "TASTEMAKER_TEST_REDIS_URL"
_REDIS_DATABASES = 16
_NO_SKIPS = "TASTEMAKER_TEST_NO_SKIPS"


def pytest_configure(config: pytest.Config) -> None:
    """Workers of one run share the servers but no database: tests begin by emptying theirs."""
    worker = getattr(config, "workerinput", {}).get("workerid")
    if worker is None:
        return
    if url := os.environ.get(MONGODB_URL):
        os.environ[MONGODB_URL] = urlsplit(url)._replace(path=f"/tests_{worker}").geturl()
    if url := os.environ.get(REDIS_URL):
        number = (int(worker.removeprefix("gw")) + 1) % _REDIS_DATABASES
        os.environ[REDIS_URL] = urlsplit(url)._replace(path=f"/{number}").geturl()
    if url := os.environ.get(POSTGRES_URL):
        _make_database(url, f"tests_{worker}")
        own = make_url(url).set(database=f"tests_{worker}")
        os.environ[POSTGRES_URL] = own.render_as_string(hide_password=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get(_NO_SKIPS) and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"Nothing may be left out here ({_NO_SKIPS}), but this was. {why}"


def _make_database(url: str, name: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        known = connection.execute(text("SELECT datname FROM pg_database")).scalars().all()
        if name not in known:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
