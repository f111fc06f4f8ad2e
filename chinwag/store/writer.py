"""The writer: calls that change something, gathered into transactions, answered once they are on disk.

What comes in while a transaction is written waits on the loop, and is handed over together when it is done (group
commit): a loop and a thread that speak to each other for each call would starve each other of the interpreter's lock.
How the calls of a batch go along with each other is `batch.py`'s.
"""

import asyncio
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from chinwag.changes import Change, End
from chinwag.errors import Unavailable
from chinwag.store import batch as batches
from chinwag.store.batch import Done, Job, Outcome, Unconfirmed
from chinwag.store.breaker import Breaker
from chinwag.store.tx import Caller

log = logging.getLogger(__name__)

BATCH = 64
WAITING = 5_000
LOOK_ABOUT = 0.25
"""Seconds between looks, while idle, at whether a database that was away is back, and at whether another process (the
command line) wrote to the SQLite file."""

T = TypeVar("T")


class Writer:
    """Runs services that change something. `tell` gets, on the loop, what each batch has to tell, in commit order."""

    def __init__(
        self,
        breaker: Breaker,
        tell: Callable[[list[Change | End]], None],
        *,
        sqlite: bool,
        elsewhere: Callable[[], None] = lambda: None,
    ) -> None:
        self._breaker = breaker
        self._tell = tell
        self._elsewhere = elsewhere
        self._loop = asyncio.get_running_loop()
        self._sqlite = sqlite
        self._connection: Connection | None = None
        self._version: int | None = None
        self._waiting: deque[Job] = deque()
        self._writing = False
        self._due = False
        self._stopping = False
        self._batches: queue.SimpleQueue[list[Job] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer")
        self._thread.start()

    def put(self, job: Job) -> None:
        """Have a call run in a transaction; what came of it is said once that is on disk. Raises `Unavailable`."""
        if self._stopping:
            raise Unavailable("The server stops just now.")
        self._breaker.check()
        if len(self._waiting) >= WAITING:
            raise Unavailable("The server is too busy just now.")
        self._waiting.append(job)
        self._gather()

    async def run(
        self, function: Callable[..., Any], caller: Caller, params: dict[str, Any], names: tuple[str, ...] = ()
    ) -> Done:
        """The same for who can wait; returns when it is on disk."""
        done: asyncio.Future[Done] = self._loop.create_future()
        self.put(Job(function, caller, params, partial(settle, done), names))
        return await done

    @property
    def waiting(self) -> int:
        """How many calls wait for a transaction."""
        return len(self._waiting)

    async def stop(self) -> None:
        """Finish what was accepted, then end the thread."""
        self._stopping = True
        self._hand_over()
        await self._loop.run_in_executor(None, self._thread.join)

    def _gather(self) -> None:
        """Hand over what waits, two turns of the loop from now: who was just answered, or has just heard something, may
        call again, and comes along. (A timer of no time at all runs after what could be read in the same turn.)"""
        if not (self._due or self._writing):
            self._due = True
            self._loop.call_later(0, self._loop.call_later, 0, self._hand_over)

    def _hand_over(self) -> None:
        self._due = False
        if self._writing:
            return
        if self._waiting:
            self._writing = True
            self._batches.put([self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))])
        elif self._stopping:
            self._batches.put(None)

    def _come_back(self, batch: list[Job], outcomes: list[Outcome]) -> None:
        """The batch is on disk, or failed: answer its calls, tell what they changed, and hand over the next."""
        self._writing = False
        if self._breaker.open:
            batch = [*batch, *self._waiting]
            outcomes += [Unavailable("The database is away just now.")] * len(self._waiting)
            self._waiting.clear()
        news: list[Change | End] = []
        for job, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Done):
                news += outcome.outbox
            try:
                job.then(outcome)
            except Exception:
                log.exception("What came of a call could not be passed on.")
        if news:
            self._tell(news)
        if self._waiting or self._stopping:
            self._gather()

    # What follows runs in the writer's thread.

    def _work(self) -> None:
        while (batch := self._take()) is not None:
            outcomes: list[Outcome] = []
            try:
                self._make(batch, outcomes)
            except Unavailable:
                pass  # the breaker has said why
            except Exception as error:
                self._drop(error)
            if batch:
                # Whether a commit that failed happened is unknown: no answer may say that it did, and the nonce makes
                # a retry safe.
                unknown = [Unavailable("The database is away just now: nothing was confirmed.")]
                outcomes += unknown * (len(batch) - len(outcomes))
                self._loop.call_soon_threadsafe(self._come_back, batch, outcomes)
        if self._connection is not None:
            self._connection.close()

    def _take(self) -> list[Job] | None:
        """The next batch; an empty one when idle; None at the end."""
        try:
            return self._batches.get(timeout=LOOK_ABOUT)
        except queue.Empty:
            return []

    def _make(self, batch: list[Job], outcomes: list[Outcome]) -> None:
        """Run a batch; once more on a new connection, if the old one was lost before anything could be committed."""
        try:
            self._run(batch, outcomes)
        except DBAPIError as error:
            if not error.connection_invalidated or self._breaker.open:
                raise
            self._drop(error)
            self._run(batch[len(outcomes) :], outcomes)

    def _run(self, batch: list[Job], outcomes: list[Outcome]) -> None:
        connection = self._connect()
        self._look_about(connection)
        if batch:
            batches.run(connection, self._breaker, batch, outcomes)

    def _connect(self) -> Connection:
        if self._breaker.open:
            self._discard()
        if self._connection is None:
            self._connection = self._breaker.connect()
            self._version = None
        return self._connection

    def _drop(self, error: Exception) -> None:
        """Close a connection on which something failed that no call can be blamed for."""
        cause = error.__cause__ if isinstance(error, Unconfirmed) else error
        if isinstance(cause, DBAPIError):
            log.error("The database failed: %s", str(cause.orig).strip().partition("\n")[0])
        else:
            log.error("The writer failed.", exc_info=error)
        self._discard()

    def _discard(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _look_about(self, connection: Connection) -> None:
        if not self._sqlite:
            return
        version: int = connection.connection.execute("PRAGMA data_version").fetchone()[0]
        if self._version is not None and version != self._version:
            self._loop.call_soon_threadsafe(self._elsewhere)
        self._version = version


def settle(future: "asyncio.Future[T]", outcome: T | Exception) -> None:
    """Give a future what came of a call, if anybody still waits for it: what a caller did who is gone stands."""
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
