"""Drafts: what people have begun to write."""

from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select, update

from chinwag.changes import Draft
from chinwag.clock import moment
from chinwag.store.hot import Hot
from chinwag.store.tables import drafts
from chinwag.store.tx import Tx

_OF_USER = select(drafts).where(drafts.c.user == bindparam("user"))
_ONE = _OF_USER.where(drafts.c.room == bindparam("room"), drafts.c.thread == bindparam("thread"))
_SINCE = _OF_USER.where(drafts.c.rev > bindparam("since")).order_by(drafts.c.rev)
_PRESENT = Hot(_OF_USER.where(drafts.c.body != "").order_by(drafts.c.rev))
_SIZE = select(func.count(), func.coalesce(func.sum(func.length(drafts.c.body)), 0)).where(
    drafts.c.user == bindparam("user"),
    drafts.c.body != "",
    (drafts.c.room != bindparam("room")) | (drafts.c.thread != bindparam("thread")),
)
_CHANGE = update(drafts).where(
    drafts.c.user == bindparam("the_user"),
    drafts.c.room == bindparam("the_room"),
    drafts.c.thread == bindparam("the_thread"),
)


class Size(NamedTuple):
    """How many drafts there are, and how many characters in all."""

    drafts: int
    characters: int


def _draft(row: Any) -> Draft:
    return Draft(room=row.room, thread=row.thread, body=row.body, at=moment(row.at), deleted=not row.body, rev=row.rev)


def find(tx: Tx, user: int, room: int, thread: int) -> Draft | None:
    """A draft, an empty one included."""
    row = tx.read(_ONE, {"user": user, "room": room, "thread": thread}).first()
    return row and _draft(row)


def page(tx: Tx, user: int) -> list[Draft]:
    """A user's drafts."""
    return [_draft(row) for row in tx.page_hot(_PRESENT, {"user": user})]


def page_since(tx: Tx, user: int, since: int) -> list[Draft]:
    """A user's drafts that changed after a seq of the user, tombstones included."""
    return [_draft(row) for row in tx.read(_SINCE, {"user": user, "since": since})]


def size_of_others(tx: Tx, user: int, room: int, thread: int) -> Size:
    """How much a user has drafted but here."""
    return Size._make(tx.read(_SIZE, {"user": user, "room": room, "thread": thread}).one())


def put(tx: Tx, user: int, room: int, thread: int, *, body: str, rev: int) -> Draft:
    """Keep a draft; an empty body leaves a tombstone."""
    values = {"body": body, "at": tx.now, "rev": rev}
    if find(tx, user, room, thread) is None:
        tx.write(insert(drafts), {"user": user, "room": room, "thread": thread, **values})
    else:
        tx.write(_CHANGE.values(**values), {"the_user": user, "the_room": room, "the_thread": thread})
    return Draft(room=room, thread=thread, body=body, at=moment(tx.now), deleted=not body, rev=rev)
