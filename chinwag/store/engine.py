"""Opening the database: SQLite in the data folder, or PostgreSQL by URL, with the settings that promises rest on."""

import sqlite3
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from chinwag.errors import CannotStart, NeedsExtra

T = TypeVar("T")

BUSY = 3
"""Seconds to wait for a SQLite file that another process has locked. A call may wait behind another that waits: so that
both hear within ten seconds, it is less than half of them."""
LOCKED = 4
"""Seconds that a transaction on PostgreSQL waits for another's lock."""
IDLE = 3
"""Seconds after which PostgreSQL ends the transaction of a process that stopped in the middle of it, and its locks."""

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
        connect_args={"check_same_thread": False, "timeout": BUSY},
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
    settings = {
        "synchronous_commit": "on",
        "lock_timeout": LOCKED * 1000,
        "idle_in_transaction_session_timeout": IDLE * 1000,
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    try:
        return create_engine(
            f"postgresql+psycopg://{rest}",
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"connect_timeout": 5, "options": options, "prepare_threshold": 2},
        )
    except ImportError:
        raise NeedsExtra("--database postgresql://…", "postgresql") from None


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
    if gave_way(error) or was_locked(error):
        return False
    return bool(error.connection_invalidated) or isinstance(error, OperationalError)


def gave_way(error: DBAPIError) -> bool:
    """Whether PostgreSQL chose this transaction to give way to another, by a deadlock or a failed serialization: it may
    be tried again."""
    return getattr(error.orig, "sqlstate", None) in ("40P01", "40001")


def was_locked(error: DBAPIError) -> bool:
    """Whether another transaction held what this one wanted for longer than `LOCKED`."""
    return getattr(error.orig, "sqlstate", None) == "55P03"


def check_durable(engine: Engine) -> None:
    """Refuse to start on a database that would acknowledge what it has not written down."""
    with connect(engine) as connection:
        if engine.dialect.name == "postgresql":
            for name in ("fsync", "synchronous_commit"):
                if connection.execute(text(f"SHOW {name}")).scalar() == "off":
                    raise CannotStart(f"PostgreSQL's setting {name} is off: messages would be lost in a power cut.")
        elif connection.exec_driver_sql("PRAGMA synchronous").scalar() != 2:
            raise CannotStart("SQLite's synchronous setting is not FULL: messages would be lost in a power cut.")
