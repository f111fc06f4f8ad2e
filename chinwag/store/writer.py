"""The writer: calls that change something, gathered into transactions, answered once they are on disk.

Whoever waits while a transaction commits joins the next one (group commit). A call that refuses has written nothing and
fails alone; where one fails after it wrote, the transaction is undone and its calls run again, one by one. SQLite has
one writer; PostgreSQL a few, and there only calls of one *lane* share a transaction: batches lock rooms in one order.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from chinwag.changes import Change, End
from chinwag.errors import Refused, Unavailable
from chinwag.store.engine import connect, is_away
from chinwag.store.tx import Caller, Tx

log = logging.getLogger(__name__)

BATCH = 64
WAITING = 5_000
TRIES = 5
LOOK_ABOUT = 0.25
"""Seconds between looks, while idle, at whether another process (the command line) wrote to the SQLite file."""

Job = tuple[Callable[..., Any], Caller, dict[str, Any], Hashable, asyncio.Future["Done"]]


class Done:
    """What a committed call gave: its result, what it asks of HTTP, and what is to be told."""

    __slots__ = ("cookie", "outbox", "result")

    def __init__(self, result: Any, tx: Tx) -> None:
        self.result = result
        self.cookie = tx.cookie
        self.outbox = tx.outbox


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
        self._jobs: deque[Job] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._waking = False
        count = 1 if self._sqlite else 3
        self._threads = [threading.Thread(target=self._work, name=f"writer-{n}") for n in range(count)]
        for thread in self._threads:
            thread.start()

    async def run(
        self, function: Callable[..., Any], caller: Caller, params: dict[str, Any], lane: Hashable = None
    ) -> Done:
        """`function(tx, **params)` in a transaction; returns when it is on disk."""
        future: asyncio.Future[Done] = self._loop.create_future()
        with self._wake:
            if self._stopping or len(self._jobs) >= WAITING:
                raise Unavailable(
                    "The server stops just now." if self._stopping else "The server is too busy just now."
                )
            self._jobs.append((function, caller, params, lane, future))
        if not self._waking:
            self._waking = True
            self._loop.call_soon(self._wake_up)
        return await future

    def _wake_up(self) -> None:
        """Once a turn of the loop, so that what came in together is written, and then told, together."""
        self._waking = False
        with self._wake:
            self._wake.notify_all()

    async def stop(self) -> None:
        """Finish what was accepted, then end the threads."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        for thread in self._threads:
            await self._loop.run_in_executor(None, thread.join)

    # What follows runs in the writer's threads.

    def _work(self) -> None:
        connection: Connection | None = None
        version: int | None = None
        while (batch := self._next()) is not None:
            try:
                if connection is None:
                    connection = connect(self._engine)
                version = self._look_about(connection, version)
                if batch:
                    self._run(connection, batch)
            except Exception as error:
                # Whether the commit happened is unknown: no answer may say that it did. The nonce makes a retry safe.
                self._give_up(connection, batch, error)
                connection = version = None
        if connection is not None:
            connection.close()

    def _next(self) -> list[Job] | None:
        """The next batch; an empty one when idle; None at the end."""
        with self._wake:
            if not self._jobs and not self._stopping:
                self._wake.wait(LOOK_ABOUT if self._sqlite else None)
            if not self._jobs:
                return None if self._stopping else []
            if self._sqlite:
                return [self._jobs.popleft() for _ in range(min(BATCH, len(self._jobs)))]
            return self._next_of_lane()

    def _next_of_lane(self) -> list[Job]:
        batch = [self._jobs.popleft()]
        lane = batch[0][3]
        while lane is not None and self._jobs and self._jobs[0][3] == lane and len(batch) < BATCH:
            batch.append(self._jobs.popleft())
        return batch

    def _run(self, connection: Connection, batch: list[Job]) -> None:
        answers = self._together(connection, batch)
        if answers is None:
            for job in batch:
                self._answer([job], self._alone(connection, job))
        else:
            self._answer(batch, answers)

    def _together(self, connection: Connection, batch: list[Job]) -> list[Done | Exception] | None:
        """All calls in one transaction, or None, with nothing done, if one failed after it had written."""
        answers: list[Done | Exception] = []
        with connection.begin() as transaction:
            for function, caller, params, _, _ in batch:
                tx = Tx(connection, caller)
                try:
                    answers.append(Done(function(tx, **params), tx))
                except Exception as error:
                    if tx.wrote or not isinstance(error, Refused):
                        transaction.rollback()
                        return None
                    answers.append(error)
        return answers

    def _alone(self, connection: Connection, job: Job) -> list[Done | Exception]:
        function, caller, params, _, _ = job
        for left in reversed(range(TRIES)):
            tx = Tx(connection, caller)
            try:
                with connection.begin():
                    return [Done(function(tx, **params), tx)]
            except Exception as error:
                if not (left and _may_try_again(error)):
                    if isinstance(error, DBAPIError) and is_away(error):
                        raise
                    return [error]
        raise AssertionError("unreachable")

    def _give_up(self, connection: Connection | None, batch: list[Job], error: Exception) -> None:
        if not (isinstance(error, DBAPIError) and is_away(error)):
            log.error("The writer failed.", exc_info=error)
        else:
            log.error("The database is away: %s", str(error.orig).partition("\n")[0])
        unavailable = Unavailable("The database is away just now: nothing was confirmed.")
        self._answer(batch, [unavailable] * len(batch))
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

    def _answer(self, batch: list[Job], answers: list[Done | Exception]) -> None:
        pairs = [(job[4], answer) for job, answer in zip(batch, answers, strict=True)]
        self._loop.call_soon_threadsafe(self._hand_over, pairs)

    # And this on the loop.

    def _hand_over(self, pairs: list[tuple[asyncio.Future[Done], Done | Exception]]) -> None:
        news: list[Change | End] = []
        for future, answer in pairs:
            if isinstance(answer, Done):
                news += answer.outbox
            if future.done():
                continue  # the caller is gone; what it did stands
            if isinstance(answer, Done):
                future.set_result(answer)
            else:
                future.set_exception(answer)
        if news:
            self._tell(news)


def _may_try_again(error: Exception) -> bool:
    """A deadlock or a serialization failure: the database chose this one to give way. (Who lost a race for a name or a
    nonce has looked again by now: their first try was with the batch.)"""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in ("40P01", "40001")
