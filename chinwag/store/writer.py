"""The writer: calls that change something, gathered into transactions, answered once they are on disk.

What comes in while a transaction is written waits on the loop, and is handed over together when it is done (group
commit): a loop and a thread that speak to each other for each call would starve each other of the interpreter's lock. A
call that refuses has written nothing and fails alone; where one fails after it wrote, the transaction is undone and its
calls run again, one by one. On PostgreSQL, where others write too, only calls of one *lane* share a transaction: so
each locks rooms in one order.
"""

import asyncio
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from chinwag.changes import Change, End
from chinwag.errors import Refused, Unavailable
from chinwag.meters import COMMIT_SECONDS
from chinwag.store.engine import connect, is_away
from chinwag.store.tx import Caller, Cookie, Tx

log = logging.getLogger(__name__)

BATCH = 64
WAITING = 5_000
TRIES = 5
LOOK_ABOUT = 0.25
"""Seconds between looks, while idle, at whether another process (the command line) wrote to the SQLite file."""

T = TypeVar("T")


class Done:
    """What a call gave: its result, what it asks of HTTP, and, of one that changed something, what is to be told."""

    __slots__ = ("cookie", "outbox", "result")

    def __init__(self, result: Any, tx: Tx | None = None) -> None:
        self.result = result
        self.cookie: Cookie | None = tx.cookie if tx else None
        self.outbox: list[Change | End] = tx.outbox if tx else []


Outcome = Done | Exception


@dataclass(frozen=True, slots=True)
class Job:
    """A call: `function(tx, **params)`. `then` gets what came of it, on the loop."""

    function: Callable[..., Any]
    caller: Caller
    params: dict[str, Any]
    lane: Hashable
    then: Callable[[Outcome], None]


class Writer:
    """Runs services that change something. `tell` gets, on the loop, what each batch has to tell, in commit order."""

    def __init__(
        self,
        engine: Engine,
        tell: Callable[[list[Change | End]], None],
        *,
        elsewhere: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._tell = tell
        self._elsewhere = elsewhere
        self._loop = asyncio.get_running_loop()
        self._sqlite = engine.dialect.name == "sqlite"
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
        if len(self._waiting) >= WAITING:
            raise Unavailable("The server is too busy just now.")
        self._waiting.append(job)
        self._gather()

    async def run(
        self, function: Callable[..., Any], caller: Caller, params: dict[str, Any], lane: Hashable = None
    ) -> Done:
        """The same for who can wait; returns when it is on disk."""
        done: asyncio.Future[Done] = self._loop.create_future()
        self.put(Job(function, caller, params, lane, lambda outcome: settle(done, outcome)))
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
            self._batches.put(self._next())
        elif self._stopping:
            self._batches.put(None)

    def _next(self) -> list[Job]:
        waiting = self._waiting
        if self._sqlite:
            return [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]
        batch = [waiting.popleft()]
        lane = batch[0].lane
        while lane is not None and waiting and waiting[0].lane == lane and len(batch) < BATCH:
            batch.append(waiting.popleft())
        return batch

    def _come_back(self, batch: list[Job], outcomes: list[Outcome]) -> None:
        """The batch is on disk, or failed: answer its calls, tell what they changed, and hand over the next."""
        self._writing = False
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
        connection: Connection | None = None
        version: int | None = None
        while (batch := self._take()) is not None:
            outcomes: list[Outcome] = []
            try:
                if connection is None:
                    connection = connect(self._engine)
                version = self._look_about(connection, version)
                self._run(connection, batch, outcomes)
            except Exception as error:
                self._give_up(connection, error)
                connection = version = None
            if batch:
                # Whether a commit that failed happened is unknown: no answer may say that it did, and the nonce makes
                # a retry safe.
                unknown = [Unavailable("The database is away just now: nothing was confirmed.")]
                outcomes += unknown * (len(batch) - len(outcomes))
                self._loop.call_soon_threadsafe(self._come_back, batch, outcomes)
        if connection is not None:
            connection.close()

    def _take(self) -> list[Job] | None:
        """The next batch; an empty one when idle; None at the end."""
        try:
            return self._batches.get(timeout=LOOK_ABOUT if self._sqlite else None)
        except queue.Empty:
            return []

    def _run(self, connection: Connection, batch: list[Job], outcomes: list[Outcome]) -> None:
        """Make the calls of a batch, and note what came of each as soon as that is certain."""
        if not batch:
            return
        together = self._together(connection, batch)
        if together is not None:
            outcomes += together
            return
        for job in batch:
            outcomes.append(self._alone(connection, job))

    def _together(self, connection: Connection, batch: list[Job]) -> list[Outcome] | None:
        """All calls in one transaction, or None, with nothing done, if one failed after it had written."""
        outcomes: list[Outcome] = []
        with COMMIT_SECONDS.time(), connection.begin() as transaction:
            for job in batch:
                tx = Tx(connection, job.caller)
                try:
                    outcomes.append(Done(job.function(tx, **job.params), tx))
                except Exception as error:
                    if tx.wrote or not isinstance(error, Refused):
                        transaction.rollback()
                        return None
                    outcomes.append(error)
        return outcomes

    def _alone(self, connection: Connection, job: Job) -> Outcome:
        for left in reversed(range(TRIES)):
            tx = Tx(connection, job.caller)
            try:
                with COMMIT_SECONDS.time(), connection.begin():
                    return Done(job.function(tx, **job.params), tx)
            except Exception as error:
                if not (left and _may_try_again(error)):
                    if isinstance(error, DBAPIError) and is_away(error):
                        raise
                    return error
        raise AssertionError("unreachable")

    def _give_up(self, connection: Connection | None, error: Exception) -> None:
        if not (isinstance(error, DBAPIError) and is_away(error)):
            log.error("The writer failed.", exc_info=error)
        else:
            log.error("The database is away: %s", str(error.orig).partition("\n")[0])
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _look_about(self, connection: Connection, before: int | None) -> int | None:
        if not self._sqlite:
            return None
        version: int = connection.connection.execute("PRAGMA data_version").fetchone()[0]
        if before is not None and version != before:
            self._loop.call_soon_threadsafe(self._elsewhere)
        return version


def settle(future: "asyncio.Future[T]", outcome: T | Exception) -> None:
    """Give a future what came of a call, if anybody still waits for it: what a caller did who is gone stands."""
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def _may_try_again(error: Exception) -> bool:
    """A deadlock or a serialization failure: the database chose this one to give way. (Who lost a race for a name or a
    nonce has looked again by now: their first try was with the batch.)"""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in ("40P01", "40001")
