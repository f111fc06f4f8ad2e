"""Opening the database: SQLite in the data folder, or PostgreSQL by URL, with the settings that promises rest on.

Reads run in a small pool of threads, each with a connection of its own and every read on one snapshot.
"""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from chinwag.errors import CannotStart, Unavailable
from chinwag.meters import READ_SECONDS
from chinwag.store.tx import Caller, Tx

T = TypeVar("T")

READERS = 4
LOCKED = 3
"""Seconds to wait for a SQLite file that another process has locked. A call may wait behind another that waits: so that
both hear within ten seconds, it is less than half of them."""

_SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOTADB,
}


def sqlite_url(folder: Path) -> str:
    """The URL of the database in a data folder."""
    return f"sqlite:///{folder / 'chinwag.db'}"


def open_engine(url: str) -> Engine:
    """An engine whose connections are made as `trust.md` asks: durable, with foreign keys, nobody waits for ever."""
    if url.startswith("sqlite"):
        return _open_sqlite(url)
    if url.startswith(("postgresql://", "postgres://")):
        return _open_postgres(url)
    raise CannotStart("--database must begin with postgresql:// (SQLite needs only --data).")


def _open_sqlite(url: str) -> Engine:
    engine = create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,  # they have no place in a log
        connect_args={"check_same_thread": False, "timeout": LOCKED},
    )

    @event.listens_for(engine, "connect")
    def _settle(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say: a reader's snapshot, a writer's lock
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=FAST"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if connection.info.get("reader") else "BEGIN IMMEDIATE")

    return engine


def _open_postgres(url: str) -> Engine:
    _, _, rest = url.partition("://")
    settings = "-c synchronous_commit=on -c lock_timeout=8000 -c idle_in_transaction_session_timeout=30000"
    return create_engine(
        f"postgresql+psycopg://{rest}",
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"connect_timeout": 5, "options": settings, "prepare_threshold": 2},
    )


def connect(engine: Engine, *, reader: bool = False) -> Connection:
    """A connection of one's own; a reader's transactions each see one snapshot."""
    connection = engine.connect()
    connection.info["reader"] = reader
    if reader and engine.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return connection


def is_away(error: DBAPIError) -> bool:
    """Whether the database could not be reached or could not write, as opposed to refusing a statement."""
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _SQLITE_AWAY
    return bool(error.connection_invalidated) or isinstance(error, OperationalError)


class Readers:
    """The threads in which reads run."""

    def __init__(self, engine: Engine, threads: int = READERS) -> None:
        self._engine = engine
        self._local = threading.local()
        self._open: list[Connection] = []
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="reader")

    @property
    def waiting(self) -> int:
        """How many reads wait for a thread."""
        return self.pool._work_queue.qsize()

    def run(self, function: Callable[..., T], caller: Caller, params: dict[str, Any]) -> T:
        """In the present thread: `function(tx, **params)` on a snapshot. A database that is away is `Unavailable`."""
        try:
            connection = self._connection()
            with READ_SECONDS.time(), connection.begin():
                return function(Tx(connection, caller), **params)
        except DBAPIError as error:
            if not is_away(error):
                raise
            self._forget()
            raise Unavailable("The database is away just now.") from error

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._engine, reader=True)
            self._open.append(connection)
        return connection

    def _forget(self) -> None:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            self._local.connection = None
            self._open.remove(connection)
            connection.invalidate()
            connection.close()

    def close(self) -> None:
        """Finish the reads under way and close the connections."""
        self.pool.shutdown()
        for connection in self._open:
            connection.close()


def check_durable(engine: Engine) -> None:
    """Refuse to start on a database that would acknowledge what it has not written down."""
    with connect(engine) as connection:
        if engine.dialect.name == "postgresql":
            for name in ("fsync", "synchronous_commit"):
                if connection.execute(text(f"SHOW {name}")).scalar() == "off":
                    raise CannotStart(f"PostgreSQL's setting {name} is off: messages would be lost in a power cut.")
        elif connection.exec_driver_sql("PRAGMA synchronous").scalar() != 2:
            raise CannotStart("SQLite's synchronous setting is not FULL: messages would be lost in a power cut.")
