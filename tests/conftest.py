"""What tests ask for by name: a database of either kind, a stage, a server; and no log line that was not expected."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine

from tests.servers import Postgres, Valkey
from tests.world import Server, Stage, open_database, serving, settings

hypothesis_settings.register_profile("gate", derandomize=True, deadline=None)
hypothesis_settings.register_profile("long", max_examples=500, deadline=None)
hypothesis_settings.load_profile("gate")

SERVERS = {"postgres", "valkey"}
DIFFERS = {
    "test_bus",
    "test_engine",
    "test_processes",
    "test_races",
    "test_services_search",
    "test_steps",
    "test_storm",
    "test_writer",
}
"""Modules about what differs between the stores, and between the buses: the gate runs them on both."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a database server or a bus of its own is `wide`, but for what differs there: the gate goes without."""
    for item in items:
        assert isinstance(item, pytest.Function)
        kind = item.callspec.params.get("database") if hasattr(item, "callspec") else None
        serves = kind == "postgresql" or SERVERS & set(item.fixturenames)
        if serves and item.module.__name__.rpartition(".")[2] not in DIFFERS:
            item.add_marker(pytest.mark.wide)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """PostgreSQL, started where a test asks for it."""
    server = Postgres()
    yield server
    server.close()


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A Valkey of one's own."""
    server = Valkey()
    yield server
    server.kill()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty PostgreSQL database, or nothing, which means SQLite: who asks for it runs on both."""
    if request.param == "sqlite":
        yield ""
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.database()
    yield url
    postgres.drop(url)


@pytest.fixture
def engine(database: str, tmp_path: Path) -> Iterator[Engine]:
    """A database with its first rows, of each kind."""
    engine = open_database(settings(tmp_path / "data", database=database))
    yield engine
    engine.dispose()


@pytest.fixture
def stage(engine: Engine) -> Stage:
    """Services on a database of each kind."""
    return Stage(engine)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server on SQLite."""
    async with serving(settings(tmp_path / "data")) as server:
        yield server


@pytest.fixture
async def any_server(database: str, tmp_path: Path) -> AsyncIterator[Server]:
    """A server on each kind of database."""
    async with serving(settings(tmp_path / "data", database=database)) as server:
        yield server


@pytest.fixture(autouse=True)
def _expect_no_log(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> Iterator[None]:
    """A warning or an error in the log fails the test, unless it is marked `logs`, which is for tests of failures."""
    yield
    if request.node.get_closest_marker("logs"):
        return
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    assert [one.getMessage() for one in records if one.levelno >= logging.WARNING] == []
