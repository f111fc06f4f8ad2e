"""Reports: messages that somebody thinks moderators should look at."""

from typing import Any

from sqlalchemy import Row, Select, bindparam, insert, select, update

from chinwag.store.tables import members, reports
from chinwag.store.tx import Tx

_ONE = select(reports).where(reports.c.id == bindparam("id"))
_OWN = select(reports.c.id).where(reports.c.message == bindparam("message"), reports.c.by == bindparam("by"))
_MODERATED = select(members.c.room).where(
    members.c.user == bindparam("moderator"), members.c.deleted.is_(False), members.c.role != "member"
)
_PAGE = select(reports).where(reports.c.id < bindparam("before")).order_by(reports.c.id.desc()).limit(bindparam("most"))
_CHANGE = update(reports).where(reports.c.message == bindparam("the_message"), reports.c.done_at.is_(None))


def find(tx: Tx, id: int) -> Row[Any] | None:
    """A report by id."""
    return tx.read(_ONE, {"id": id}).first()


def has_reported(tx: Tx, message: int, by: int) -> bool:
    """Whether somebody has reported a message already."""
    return tx.read(_OWN, {"message": message, "by": by}).first() is not None


def page(tx: Tx, *, moderator: int | None, room: int | None, done: bool, before: int, limit: int) -> list[Row[Any]]:
    """The newest first; with `moderator` only those of rooms that this user moderates."""
    statement: Select[Any] = _PAGE.where(reports.c.done_at.is_not(None) if done else reports.c.done_at.is_(None))
    values: dict[str, Any] = {"before": before, "most": limit}
    if moderator is not None:
        statement, values["moderator"] = statement.where(reports.c.room.in_(_MODERATED)), moderator
    if room is not None:
        statement = statement.where(reports.c.room == room)
    return list(tx.read(statement, values))


def add(tx: Tx, *, message: int, room: int, by: int, reason: str) -> int:
    """Add a report; returns its id."""
    values = {"message": message, "room": room, "by": by, "reason": reason, "at": tx.now}
    return int(tx.write(insert(reports).returning(reports.c.id), values).scalar_one())


def change_done(tx: Tx, message: int, *, by: int) -> None:
    """All that was reported of a message is dealt with."""
    tx.write(_CHANGE.values(done_at=tx.now, done_by=by), {"the_message": message})
