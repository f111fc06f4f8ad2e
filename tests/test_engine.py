"""The database: durable, with foreign keys, and read on snapshots."""

import asyncio
import importlib
import pkgutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from chinwag import store
from chinwag.errors import CannotStart, Unavailable
from chinwag.store import audit, tables
from chinwag.store.breaker import Breaker
from chinwag.store.engine import check_durable, connect, is_away, open_engine, sqlite_url
from chinwag.store.hot import Hot, _Compiled
from chinwag.store.readers import Readers
from chinwag.store.tx import Caller, Tx
from tests.world import open_database, settings


def test_sqlite_writes_ahead_and_waits_for_the_disk(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path))
    with connect(engine) as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert settings == ["wal", 2, 1]
    check_durable(engine)
    engine.dispose()


def test_postgresql_waits_for_the_disk_whatever_it_is_set_to(postgres: Any) -> None:
    url = postgres.database()
    name = url.partition("?")[0].rpartition("/")[2]
    engine = open_engine(url)
    with connect(engine) as connection, connection.begin():
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    with connect(engine) as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
    check_durable(engine)
    engine.dispose()


def test_a_sqlite_that_does_not_wait_for_the_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import event

    engine = open_engine(sqlite_url(tmp_path))
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=NORMAL"))
    with pytest.raises(CannotStart, match="FULL"):
        check_durable(engine)
    engine.dispose()


@pytest.mark.parametrize("url", ["mysql://x", "", "file.db"])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(CannotStart, match="postgresql://"):
        open_engine(url)


def test_a_row_that_points_nowhere_is_refused(engine: Engine) -> None:
    with connect(engine) as connection, pytest.raises(IntegrityError), connection.begin():
        audit.add(Tx(connection, Caller(user=999)), "act", "by nobody")


def test_what_a_statement_was_given_is_in_no_error(engine: Engine) -> None:
    row = {"hash": "a secret", "user": 999, "kind": "token", "label": "", "created_at": 1, "seen_at": 1}
    with connect(engine) as connection, pytest.raises(IntegrityError) as caught, connection.begin():
        connection.execute(tables.sessions.insert(), row)
    assert "a secret" not in str(caught.value)


async def test_a_read_sees_one_snapshot(engine: Engine) -> None:
    def count(tx: Tx) -> int:
        return int(tx.db.execute(text("SELECT count(*) FROM audit")).scalar_one())

    def twice(tx: Tx) -> tuple[int, int]:
        before = count(tx)
        with connect(engine) as other, other.begin():
            audit.add(Tx(other), "act", "meanwhile")
        return before, count(tx)

    readers = Readers(Breaker(engine))
    assert await asyncio.to_thread(readers.run, twice, Caller(), {}) == (0, 0)
    assert await asyncio.to_thread(readers.run, count, Caller(), {}) == 1
    readers.close()


def test_a_reader_writes_nothing_on_postgresql(postgres: Any, tmp_path: Path) -> None:
    from chinwag import app
    from tests.world import settings

    engine = app.open_database(settings(tmp_path, database=postgres.database()))
    readers = Readers(Breaker(engine))
    with pytest.raises(DBAPIError, match="read-only"):
        readers.run(lambda tx: audit.add(tx, "act", "from a reader"), Caller(), {})
    readers.close()
    engine.dispose()


def test_a_reader_whose_connection_was_lost_gets_another(postgres: Any, tmp_path: Path) -> None:
    from chinwag import app
    from tests.world import settings

    engine = app.open_database(settings(tmp_path, database=postgres.database()))
    readers = Readers(Breaker(engine))
    with pytest.raises(Unavailable):
        readers.run(lambda tx: tx.db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())")), Caller(), {})
    assert readers.run(lambda tx: tx.seqs(["workspace"]), Caller(), {}).keys() == {"workspace"}
    readers.close()
    engine.dispose()


@pytest.mark.parametrize(
    ("before", "statement", "away"),
    [("SELECT 1", "SELECT nothing", False), ("PRAGMA query_only=ON", "INSERT INTO t VALUES (1)", True)],
)
def test_a_statement_that_is_wrong_is_not_a_database_that_is_away(
    tmp_path: Path, before: str, statement: str, away: bool
) -> None:
    engine = open_engine(sqlite_url(tmp_path))
    with connect(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE t (n)")
        connection.exec_driver_sql(before)
        with pytest.raises(DBAPIError) as caught:
            connection.exec_driver_sql(statement)
    assert isinstance(caught.value.orig, sqlite3.Error)
    assert is_away(caught.value) is away
    engine.dispose()


FEW_ROWS = {"groups", "rooms", "workspace"}


def hot_statements() -> Iterator[tuple[str, Hot]]:
    """Every statement of the store that is compiled once, but for those of PostgreSQL alone."""
    for module in pkgutil.iter_modules(store.__path__):
        if module.name not in ("migrations", "search_postgresql"):
            for name, value in vars(importlib.import_module(f"chinwag.store.{module.name}")).items():
                if isinstance(value, Hot) and name != "_LOCK_ALL":
                    yield f"{module.name}.{name}", value


def test_no_statement_that_is_compiled_once_walks_a_table_that_grows(tmp_path: Path) -> None:
    engine = open_database(settings(tmp_path / "data"))
    walks = {}
    with connect(engine) as connection:
        driver: Any = connection.connection.dbapi_connection
        for name, statement in hot_statements():
            compiled = _Compiled(statement._statement, connection.dialect)
            steps = driver.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", [None] * len(compiled._order or ())).fetchall()
            scans = {words.split()[1] for *_, words in steps if words.startswith("SCAN")}
            if scans & tables.metadata.tables.keys() - FEW_ROWS and not compiled.sql.startswith("INSERT"):
                walks[name] = scans
    engine.dispose()
    assert walks == {}
