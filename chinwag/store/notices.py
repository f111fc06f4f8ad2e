"""Notices: what is in people's inboxes, and how much of it is undone."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, false, func, insert, or_, select, true, update

from chinwag.changes import Notice
from chinwag.clock import moment
from chinwag.store.hot import Among, Hot
from chinwag.store.tables import messages, notices
from chinwag.store.tx import Tx, own_seq

UNDONE_MOST = 1_000
"""So much undone an inbox holds; what comes after is found in its room alone."""

_IN_ROOM = or_(messages.c.thread.is_(None), messages.c.also)
_USERS: BindParameter[int] = bindparam("users", expanding=True)
_OWN = select(notices).where(notices.c.user == bindparam("user"))
_UNDONE = _OWN.where(notices.c.done == false())
_ONE = _OWN.where(notices.c.id == bindparam("id"), notices.c.deleted == false())
_SINCE = _OWN.where(notices.c.rev > bindparam("since")).order_by(notices.c.id)
_NOW = select(notices).where(notices.c.user.in_(_USERS), notices.c.rev == own_seq(notices.c.user))
_PAGE = (
    _OWN.where(notices.c.deleted == false(), notices.c.id < bindparam("before"))
    .order_by(notices.c.id.desc())
    .limit(bindparam("most"))
)
_COUNTS = Hot(
    select(notices.c.user, func.count().label("undone"))
    .where(Among(notices.c.user, "users"), notices.c.done == false())
    .group_by(notices.c.user)
)
_MENTIONS = Hot(
    select(notices.c.user, notices.c.room, func.count().label("undone"))
    .where(Among(notices.c.user, "users"), notices.c.done == false(), notices.c.kind == "mention")
    .group_by(notices.c.user, notices.c.room)
)
_ABOUT = select(notices).where(notices.c.message == bindparam("message"), notices.c.deleted == false())
_READ_IN_ROOM = (
    _UNDONE.join(messages, messages.c.id == notices.c.message)
    .where(notices.c.room == bindparam("room"), notices.c.kind == "mention")
    .where(_IN_ROOM, messages.c.seq <= bindparam("seq"))
)
_READ_IN_THREAD = (
    _UNDONE.join(messages, messages.c.id == notices.c.message)
    .where(notices.c.kind.in_(("mention", "thread")))
    .where(messages.c.thread == bindparam("thread"), messages.c.seq <= bindparam("seq"))
)
_OF_ROOM = _OWN.where(notices.c.room == bindparam("room"), notices.c.deleted == false())
_ADD = insert(notices)
_CHANGE = update(notices).where(notices.c.id.in_(bindparam("ids", expanding=True)))
_STAMPED = _CHANGE.values(rev=own_seq(notices.c.user))
_GONE = _STAMPED.values(deleted=True, done=True, text="")


def _notice(row: Any) -> Notice:
    if row.deleted:
        return Notice(id=row.id, kind=row.kind, at=moment(row.at), rev=row.rev, deleted=True)
    return Notice(
        id=row.id,
        kind=row.kind,
        at=moment(row.at),
        room=row.room,
        message=row.message,
        by=row.by,
        text=row.text,
        done=row.done,
        rev=row.rev,
    )


def _notices(tx: Tx, statement: Select[Any], values: dict[str, Any]) -> list[Notice]:
    return [_notice(row) for row in tx.read(statement, values)]


def find(tx: Tx, user: int, notice: int) -> Notice | None:
    """One of a user's notices."""
    row = tx.read(_ONE, {"user": user, "id": notice}).first()
    return row and _notice(row)


def page(tx: Tx, user: int, *, kind: str | None, undone: bool, before: int, limit: int) -> list[Notice]:
    """A user's notices, the newest first."""
    statement = _PAGE if kind is None else _PAGE.where(notices.c.kind == kind)
    statement = statement.where(notices.c.done == false()) if undone else statement
    return _notices(tx, statement, {"user": user, "before": before, "most": limit})


def page_since(tx: Tx, user: int, since: int) -> list[Notice]:
    """A user's notices changed after a seq of the user, tombstones included."""
    return _notices(tx, _SINCE, {"user": user, "since": since})


def page_now(tx: Tx, users: Sequence[int]) -> dict[int, list[Notice]]:
    """Of each of these users, whose topics were just taken, the notices that changed with it."""
    found: dict[int, list[Notice]] = {}
    for row in tx.read(_NOW.order_by(notices.c.id), {"users": users}):
        found.setdefault(row.user, []).append(_notice(row))
    return found


def page_about(tx: Tx, message: int, *, kind: str | None = None, by: int | None = None, text: str = "") -> list[Any]:
    """The `id` and `user` of notices about a message: all, or those of one kind that somebody gave cause for."""
    statement = _ABOUT
    if kind is not None:
        statement = statement.where(notices.c.kind == kind)
    if by is not None:
        statement = statement.where(notices.c.by == by, notices.c.text == text)
    return list(tx.read(statement, {"message": message}))


def page_undone(tx: Tx, user: int) -> list[Notice]:
    """All that is undone."""
    return _notices(tx, _UNDONE, {"user": user})


def page_read_in_room(tx: Tx, user: int, room: int, seq: int) -> list[int]:
    """The ids of undone mentions by messages that stand in a room up to a seq."""
    return [row.id for row in tx.read(_READ_IN_ROOM, {"user": user, "room": room, "seq": seq})]


def page_read_in_thread(tx: Tx, user: int, thread: int, seq: int) -> list[int]:
    """The ids of undone mentions by answers of a thread, and of undone notices of them, up to a seq."""
    return [row.id for row in tx.read(_READ_IN_THREAD, {"user": user, "thread": thread, "seq": seq})]


def page_of_room(tx: Tx, user: int, room: int) -> list[int]:
    """The ids of all of a user's notices of a room."""
    return [row.id for row in tx.read(_OF_ROOM, {"user": user, "room": room})]


def count(tx: Tx, users: Sequence[int]) -> dict[int, int]:
    """How much is undone, of those of these users who have any."""
    return {row.user: row.undone for row in tx.page_hot(_COUNTS, {"users": users})}


def count_mentions(tx: Tx, users: Sequence[int]) -> dict[tuple[int, int], int]:
    """How many mentions are undone, by user and room."""
    if not users:
        return {}
    return {(row.user, row.room): row.undone for row in tx.page_hot(_MENTIONS, {"users": users})}


def add(
    tx: Tx,
    revs: Mapping[int, int],
    *,
    kind: str,
    room: int | None,
    message: int | None,
    by: int | None,
    texts: Mapping[int, str],
) -> None:
    """Add a notice for each of these users, at the seq of theirs that was taken."""
    given = {"kind": kind, "room": room, "message": message, "by": by, "at": tx.now, "done": False, "deleted": False}
    rows = [{**given, "user": user, "rev": rev, "text": texts.get(user, "")} for user, rev in revs.items()]
    if rows:
        tx.write(_ADD, rows)


def finish(tx: Tx, ids: Sequence[int], *, done: bool = True) -> None:
    """Mark notices of users whose topics were just taken as done, or as undone again."""
    tx.write(_STAMPED.values(done=true() if done else false()), {"ids": ids})


def remove(tx: Tx, ids: Sequence[int]) -> None:
    """Leave empty rows of notices of users whose topics were just taken."""
    tx.write(_GONE, {"ids": ids})
