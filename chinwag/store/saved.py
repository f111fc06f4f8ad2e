"""Saved: the messages that a user keeps for later. Their rows are versioned on the user's own topic."""

from typing import Any

from sqlalchemy import and_, bindparam, false, func, insert, select, tuple_, update

from chinwag.changes import Saved
from chinwag.clock import moment
from chinwag.store.tables import members, messages, saved
from chinwag.store.tx import Tx

_OF_USER = (
    select(saved, messages.c.room)
    .join(messages, messages.c.id == saved.c.message)
    .where(saved.c.user == bindparam("user"))
)
_ONE = _OF_USER.where(saved.c.message == bindparam("message"))
_SINCE = _OF_USER.where(saved.c.rev > bindparam("since")).order_by(saved.c.rev)
_KEPT = _OF_USER.where(saved.c.deleted == false()).order_by(saved.c.at.desc())
_PAGE = (
    _KEPT.join(
        members,
        and_(members.c.room == messages.c.room, members.c.user == saved.c.user, members.c.deleted == false()),
    )
    .where(
        saved.c.done == bindparam("done"),
        messages.c.deleted == false(),
        tuple_(saved.c.at, saved.c.message) < tuple_(bindparam("at"), bindparam("before")),
    )
    .order_by(saved.c.message.desc())
    .limit(bindparam("most"))
)
_COUNT = select(func.count()).select_from(saved).where(saved.c.user == bindparam("user"), saved.c.deleted == false())
_ADD = insert(saved)
_CHANGE = update(saved).where(saved.c.user == bindparam("the_user"), saved.c.message == bindparam("the_message"))


def _saved(row: Any) -> Saved:
    return Saved(message=row.message, room=row.room, at=moment(row.at), done=row.done, deleted=row.deleted, rev=row.rev)


def find(tx: Tx, user: int, message: int) -> Saved | None:
    """What a user keeps of a message, a tombstone included."""
    row = tx.read(_ONE, {"user": user, "message": message}).first()
    return row and _saved(row)


def page(tx: Tx, user: int, *, done: bool, before: int | None, limit: int) -> list[Saved]:
    """Those of rooms that the user is in and that are not deleted, the latest saved first, after this message's."""
    row = tx.read(_ONE, {"user": user, "message": before}).first() if before else None
    place = {"at": row.at if row else 2**62, "before": before or 0}
    return [_saved(row) for row in tx.read(_PAGE, {"user": user, "done": done, "most": limit, **place})]


def page_all(tx: Tx, user: int) -> list[Saved]:
    """All that a user keeps, the latest saved first."""
    return [_saved(row) for row in tx.read(_KEPT, {"user": user})]


def page_since(tx: Tx, user: int, since: int) -> list[Saved]:
    """Those that changed after a seq of the user, tombstones included."""
    return [_saved(row) for row in tx.read(_SINCE, {"user": user, "since": since})]


def count(tx: Tx, user: int) -> int:
    """How many a user keeps."""
    return int(tx.read(_COUNT, {"user": user}).scalar_one())


def put(tx: Tx, user: int, message: int, **values: Any) -> Saved:
    """Add what a user keeps of a message, or change it."""
    if find(tx, user, message) is None:
        tx.write(_ADD, {"user": user, "message": message, "done": False, "deleted": False, "at": tx.now, **values})
    else:
        tx.write(_CHANGE.values(**values), {"the_user": user, "the_message": message})
    return _saved(tx.read(_ONE, {"user": user, "message": message}).one())
