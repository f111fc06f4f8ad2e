"""A batch: calls that share one transaction, each of which succeeds or fails alone.

A call that refuses has written nothing and fails alone; where one fails after it wrote, the transaction is undone and
its calls run again, one by one. On PostgreSQL, where other processes write too, what the calls name is locked before
the first of them runs, in one order: else two batches would wait for each other, each with what the other needs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from chinwag.changes import Change, End
from chinwag.errors import Refused, Unavailable
from chinwag.meters import COMMIT_SECONDS
from chinwag.store.breaker import Breaker
from chinwag.store.engine import gave_way, is_away, was_locked
from chinwag.store.tx import Caller, Cookie, Tx

TRIES = 5


class Done:
    """What a call gave: its result, what it asks of HTTP, and, of one that changed something, what is to be told."""

    __slots__ = ("cookie", "outbox", "result")

    def __init__(self, result: Any, tx: Tx | None = None) -> None:
        self.result = result
        self.cookie: Cookie | None = tx.cookie if tx else None
        self.outbox: list[Change | End] = tx.outbox if tx else []


Outcome = Done | Exception


class Unconfirmed(Exception):
    """A commit failed: whether it happened is unknown."""


@dataclass(frozen=True, slots=True)
class Job:
    """A call: `function(tx, **params)`. `then` gets what came of it, on the loop. `names` are the topics that it locks,
    as far as it says so: `message:7` stands for the room of a message."""

    function: Callable[..., Any]
    caller: Caller
    params: dict[str, Any]
    then: Callable[[Outcome], None]
    names: tuple[str, ...] = ()


def run(connection: Connection, breaker: Breaker, jobs: list[Job], outcomes: list[Outcome]) -> None:
    """Make the calls of a batch, and note what came of each as soon as that is certain. Raises `Unconfirmed`, or the
    error of a database that is away."""
    with breaker.watch(connection), COMMIT_SECONDS.time():
        together = _together(connection, jobs)
    if together is not None:
        outcomes += together
        return
    for job in jobs:
        outcomes.append(_alone(connection, breaker, job))


def _together(connection: Connection, jobs: list[Job]) -> list[Outcome] | None:
    """All calls in one transaction, or None, with nothing done, if one failed after it had written."""
    outcomes: list[Outcome] = []
    transaction = connection.begin()
    try:
        locked = Tx(connection).lock_first({name for job in jobs for name in job.names}) if len(jobs) > 1 else ()
        for job in jobs:
            tx = Tx(connection, job.caller, locked=locked)
            try:
                outcomes.append(Done(job.function(tx, **job.params), tx))
            except Refused as refused:
                if tx.wrote:
                    raise
                outcomes.append(refused)
    except Exception:
        transaction.rollback()
        return None
    _commit(transaction)
    return outcomes


def _alone(connection: Connection, breaker: Breaker, job: Job) -> Outcome:
    for _ in range(TRIES):
        with breaker.watch(connection), COMMIT_SECONDS.time():
            outcome = _try(connection, job)
        if isinstance(outcome, DBAPIError) and gave_way(outcome):
            continue
        if isinstance(outcome, DBAPIError) and was_locked(outcome):
            break
        return outcome
    return Unavailable("The database is too busy just now.")


def _try(connection: Connection, job: Job) -> Outcome:
    tx = Tx(connection, job.caller)
    transaction = connection.begin()
    try:
        done = Done(job.function(tx, **job.params), tx)
    except Exception as error:
        transaction.rollback()
        if isinstance(error, DBAPIError) and is_away(error):
            raise
        return error
    _commit(transaction)
    return done


def _commit(transaction: Any) -> None:
    try:
        transaction.commit()
    except DBAPIError as error:
        raise Unconfirmed from error
