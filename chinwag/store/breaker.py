"""Whether the database answers, so that nobody waits for one that does not.

A PostgreSQL that is paused, or behind a network that swallows everything, gives no error at all, for ever: a
connection that is busy for too long has its socket shut, and who waits there gets an error. From then on, as when no
connection can be made, everybody is refused at once, until the writer, which tries again and again, is let in.

SQLite is a file: it gives an error after a while by itself, and what cannot be written can be read all the same.
"""

import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from chinwag.errors import Unavailable
from chinwag.store.engine import connect

log = logging.getLogger(__name__)

PATIENCE = 7.0
"""Seconds that a transaction may take."""


class Breaker:
    """One for the connections of a process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._remote = engine.dialect.name == "postgresql"
        self._busy: dict[int, tuple[float, Connection]] = {}
        self._lock = threading.Lock()
        self.open = False
        """The database does not answer: nobody is let through."""

    def check(self) -> None:
        """Raises `Unavailable` while the database does not answer."""
        if self.open:
            raise Unavailable("The database is away just now.")

    def connect(self, *, reader: bool = False) -> Connection:
        """A new connection; whoever gets one has found that the database answers. Raises `Unavailable`."""
        try:
            connection = connect(self._engine, reader=reader)
        except DBAPIError as error:
            self._trip(str(error.orig).strip().partition("\n")[0])
            raise Unavailable("The database is away just now.") from error
        if self.open:
            self.open = False
            log.info("The database answers again.")
        return connection

    @contextlib.contextmanager
    def watch(self, connection: Connection) -> Iterator[None]:
        """In here the present thread waits for the database, for so long and no longer."""
        if not self._remote:
            yield
            return
        thread = threading.get_ident()
        self._busy[thread] = (time.monotonic(), connection)
        try:
            yield
        finally:
            with self._lock:
                del self._busy[thread]

    def look(self) -> None:
        """Shut the sockets of those that have been busy for too long; to be called now and then."""
        since = time.monotonic() - PATIENCE
        with self._lock:  # none of these is closed meanwhile, and its number given to another
            for began, connection in tuple(self._busy.values()):
                if began < since:
                    self._trip(f"it has said nothing for {PATIENCE:.0f} s.")
                    _shut(connection)

    def _trip(self, why: str) -> None:
        if not self.open:
            log.error("The database is away: %s", why)
        self.open = self._remote


def _shut(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(driver.fileno())) as theirs:
        theirs.shutdown(socket.SHUT_RDWR)
