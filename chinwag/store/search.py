"""Search: which messages have these words, the newest first, and the index that knows.

One interface over FTS5 on SQLite and a `tsvector` with GIN on PostgreSQL. Both are given the same words (`store/words`)
and neither's own idea of what a word is is asked, so both find the same. PostgreSQL's is written in the transaction
that writes the message; SQLite's follows, many messages at once, and whoever searches lets it follow first. Not in the
index, says `search_state`, are messages up to `rest`, to which a filling, from the newest to the oldest, has yet to
come, and those after `top`, where the index follows.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, select, update
from sqlalchemy.exc import DBAPIError

from chinwag.changes import Message
from chinwag.errors import Invalid
from chinwag.store import search_postgresql, search_sqlite
from chinwag.store.rooms import READABLE
from chinwag.store.tables import messages, saved, search_state
from chinwag.store.tx import Tx
from chinwag.store.words import ALL, VERSION, document

SECONDS = 2.0
"""A search may take so long."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words side by side; with `prefix` the last need only begin a word."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(slots=True)
class Wanted:
    """What is looked for: one term of each of `every`, and none of `none`; `saved` by the caller, or not."""

    every: list[list[Term]] = field(default_factory=list)
    none: list[Term] = field(default_factory=list)
    since: int | None = None
    until: int | None = None
    saved: bool | None = None


def _index(tx: Tx) -> Any:
    return search_sqlite if tx.db.dialect.name == "sqlite" else search_postgresql


def follows(tx: Tx) -> bool:
    """Whether new messages come into the index by `follow`."""
    return bool(_index(tx).FOLLOWS)


def add(tx: Tx, message: Message) -> None:
    """A message is there."""
    if not follows(tx):
        search_postgresql.put(tx, message.id, document(message))


def change(tx: Tx, before: Message, after: Message) -> None:
    """A message is another now. What is not in the index yet comes into it as it then is."""
    old, new = document(before), document(after)
    if old == new or (follows(tx) and not _is_in(tx, before)):
        return
    if old:
        _index(tx).drop(tx, before.id, old)
    if new:
        _index(tx).put_all(tx, {after.id: new})


def _is_in(tx: Tx, message: Message) -> bool:
    state = _state(tx)
    return bool(state.rest < message.id <= state.top)


# Filling


_STATE = select(search_state)
_LOCKED = _STATE.with_for_update()
_SET = update(search_state)
_NEWEST = select(func.coalesce(func.max(messages.c.id), 0))


def _state(tx: Tx) -> Any:
    return tx.read(_STATE).one()


def extent(tx: Tx) -> tuple[int, int]:
    """Up to which id messages are not in the index yet, 0 where it is whole; and the last that it has followed to."""
    state = _state(tx)
    return state.rest, state.top


def is_current(tx: Tx) -> bool:
    """Whether the index was made by these rules of cutting words."""
    return int(_state(tx).version) == VERSION


def empty(tx: Tx) -> None:
    """Begin anew: nothing is in the index, and all is to be filled in."""
    tx.read(_LOCKED)
    _index(tx).clear(tx)
    newest = tx.read(_NEWEST).scalar_one()
    tx.write(_SET.values(version=VERSION, rest=newest, top=newest))


def page_to_fill(tx: Tx) -> int:
    """The newest message that is not in the index yet; others who fill wait until the commit."""
    return int(tx.read(_LOCKED).one().rest)


def fill(tx: Tx, found: list[Message]) -> None:
    """Put in messages that were not in the index, the newest first; it is whole where there are none."""
    _put_all(tx, found)
    tx.write(_SET.values(rest=found[-1].id - 1 if found else 0))


def follow(tx: Tx, found: list[Message]) -> None:
    """Put in messages after those that the index has followed to, the oldest first."""
    _put_all(tx, found)
    if found:
        tx.write(_SET.values(top=found[-1].id))


def _put_all(tx: Tx, found: list[Message]) -> None:
    documents = {message.id: text for message in found if (text := document(message))}
    if documents:
        _index(tx).put_all(tx, documents)


# Looking

_SAVED = select(saved.c.message).where(saved.c.user == bindparam("me"), saved.c.deleted.is_(False))


def page(tx: Tx, wanted: Wanted, *, me: int, before: int, limit: int) -> list[int]:
    """The newest messages, below an id, that have what is wanted and stand in rooms that this user may read."""
    whole: list[ColumnElement[bool]] = [messages.c.deleted.is_(False), messages.c.room.in_(READABLE)]
    if wanted.since is not None:
        whole.append(messages.c.at >= wanted.since)
    if wanted.until is not None:
        whole.append(messages.c.at < wanted.until)
    if wanted.saved is not None:
        whole.append(messages.c.id.in_(_SAVED) if wanted.saved else messages.c.id.not_in(_SAVED))
    every = wanted.every or [[Term((ALL,))]]
    values = {"me": me, "before": before, "most": limit}
    with _bounded(tx):
        found: list[int] = _index(tx).page(tx, every, wanted.none, and_(*whole), values)
    return found


@contextmanager
def _bounded(tx: Tx) -> Iterator[None]:
    """What runs inside is stopped once it takes too long."""
    try:
        with _index(tx).stopping(tx, time.monotonic() + SECONDS):
            yield
    except DBAPIError as error:
        if not _index(tx).was_stopped(error):
            raise
        raise Invalid("query", "This search takes too long: please add a word, a room or a date.") from None
