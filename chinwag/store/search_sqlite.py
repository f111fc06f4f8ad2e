"""The index of words on SQLite: an FTS5 table without the text itself, whose rows are the messages' ids.

It is read from the newest row on, so a common word costs no more than a rare one. The words of one, two and three
characters that begin words are kept too, as they would be gathered from thousands of words each time.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, bindparam, column, select, table, text
from sqlalchemy.exc import DBAPIError

from chinwag.store.tables import messages
from chinwag.store.tx import Tx

FOLLOWS = True
"""New messages come into the index many at once, after they were said: alone each takes 250 µs, of 200 each 15."""

STEPS = 10_000
"""Instructions of SQLite's machine between two looks at the clock: well under a millisecond."""

_PUT = text("INSERT INTO search (rowid, words) VALUES (:id, :words)")
_DROP = text("INSERT INTO search (search, rowid, words) VALUES ('delete', :id, :words)")
_CLEAR = text("INSERT INTO search (search) VALUES ('delete-all')")

_SEARCH = table("search", column("rowid"))
_FOUND = (
    select(_SEARCH.c.rowid)
    .select_from(_SEARCH)
    .where(text("search MATCH :asked"), _SEARCH.c.rowid < bindparam("before"))
    .order_by(_SEARCH.c.rowid.desc())
    .limit(bindparam("most"))
)


def put_all(tx: Tx, found: dict[int, str]) -> None:
    """Messages that are not in the index, and their words."""
    tx.write(_PUT, [{"id": message, "words": words} for message, words in found.items()])


def drop(tx: Tx, message: int, words: str) -> None:
    """A message that is in the index with exactly these words."""
    tx.write(_DROP, {"id": message, "words": words})


def clear(tx: Tx) -> None:
    """Nothing is in the index."""
    tx.write(_CLEAR)


def page(
    tx: Tx, every: Sequence[Sequence[Any]], none: Sequence[Any], whole: ColumnElement[bool], values: dict[str, Any]
) -> list[int]:
    """The newest rows that match, of which `whole` is so too."""
    statement = _FOUND.where(select(messages.c.id).where(messages.c.id == _SEARCH.c.rowid, whole).exists())
    return list(tx.read(statement, {**values, "asked": _asked(every, none)}).scalars())


def _asked(every: Sequence[Sequence[Any]], none: Sequence[Any]) -> str:
    wanted = " AND ".join(_any(group) for group in every)
    return f"({wanted}) NOT {_any(none)}" if none else wanted


def _any(terms: Sequence[Any]) -> str:
    return "(" + " OR ".join(f'"{" ".join(term.words)}"' + " *" * term.prefix for term in terms) + ")"


@contextmanager
def stopping(tx: Tx, end: float) -> Iterator[None]:
    """Statements inside are interrupted at a time of the monotonic clock."""
    connection: Any = tx.db.connection.driver_connection
    connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


def was_stopped(error: DBAPIError) -> bool:
    """Whether it was `stopping` that made this error."""
    return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT
