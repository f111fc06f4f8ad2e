"""Reads run in a small pool of threads, each with a connection of its own and every read on one snapshot."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from chinwag.errors import Unavailable
from chinwag.meters import READ_SECONDS
from chinwag.store.breaker import Breaker
from chinwag.store.engine import is_away
from chinwag.store.tx import Caller, Tx

T = TypeVar("T")

READERS = 4


class Readers:
    """The threads in which reads run."""

    def __init__(self, breaker: Breaker, threads: int = READERS) -> None:
        self._breaker = breaker
        self._local = threading.local()
        self._open: list[Connection] = []
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="reader")

    @property
    def waiting(self) -> int:
        """How many reads wait for a thread."""
        return self.pool._work_queue.qsize()

    def run(self, function: Callable[..., T], caller: Caller, params: dict[str, Any]) -> T:
        """In the present thread: `function(tx, **params)` on a snapshot. A database that is away is `Unavailable`."""
        self._breaker.check()
        connection = self._connection()
        try:
            with self._breaker.watch(connection), READ_SECONDS.time(), connection.begin():
                return function(Tx(connection, caller), **params)
        except DBAPIError as error:
            if not is_away(error):
                raise
            self._forget()
            raise Unavailable("The database is away just now.") from error

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._breaker.connect(reader=True)
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
