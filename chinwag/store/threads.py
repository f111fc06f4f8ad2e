"""Threads: the answers to a message, who follows them, and how far they have read.

`unread` and `last` are kept with each follower, so that neither an answer nor a list of threads counts messages.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, delete, false, func, insert, select, true, update

from chinwag.changes import Message, Replies, Thread
from chinwag.clock import moment
from chinwag.store.hot import Among, Hot
from chinwag.store.tables import follows, messages
from chinwag.store.tx import Tx, own_seq

FACES = 5
LEFT = 0
"""The `last` of who followed a thread when they left its room."""

_USERS: BindParameter[int] = bindparam("users", expanding=True)
_ANSWERS = select(func.count().label("answers"), func.max(messages.c.at).label("last_at")).where(
    messages.c.thread == bindparam("thread"), messages.c.deleted == false()
)
_FACES = (
    select(messages.c.author)
    .where(messages.c.thread == bindparam("thread"), messages.c.deleted == false())
    .group_by(messages.c.author)
    .order_by(func.max(messages.c.seq).desc())
    .limit(FACES)
)
_LAST = select(func.max(messages.c.id)).where(messages.c.thread == bindparam("thread"))
_UNREAD = select(func.count()).where(
    messages.c.thread == bindparam("thread"),
    messages.c.seq > bindparam("read_seq"),
    messages.c.author != bindparam("user"),
    messages.c.deleted == false(),
)
_OWN = select(follows).where(follows.c.user == bindparam("user"))
_ONE = _OWN.where(follows.c.thread == bindparam("thread"))
_OF_THREAD = select(follows.c.user, follows.c.following).where(
    follows.c.thread == bindparam("thread"), follows.c.last != LEFT
)
_SINCE = _OWN.where(follows.c.rev > bindparam("since")).order_by(follows.c.thread)
_NOW = select(follows).where(follows.c.user.in_(_USERS), follows.c.rev == own_seq(follows.c.user))
_PAGE = (
    _OWN.where(follows.c.following == true(), follows.c.last < bindparam("before"), follows.c.last != follows.c.thread)
    .order_by(follows.c.last.desc())
    .limit(bindparam("most"))
)
_COUNTS = Hot(
    select(follows.c.user, func.count().label("unread"))
    .where(Among(follows.c.user, "users"), follows.c.unread > 0)
    .group_by(follows.c.user)
)
_ADD = insert(follows)
_CHANGE = update(follows).where(follows.c.user == bindparam("the_user"), follows.c.thread == bindparam("the_thread"))
_FOLLOWED = update(follows).where(follows.c.thread == bindparam("the_thread"), follows.c.user.in_(_USERS))
_ANSWERED = _FOLLOWED.values(last=bindparam("answer"), unread=follows.c.unread + 1, rev=own_seq(follows.c.user))
_TAKEN_BACK = _FOLLOWED.values(unread=follows.c.unread - 1, rev=own_seq(follows.c.user))
_UNREAD_BY = select(follows.c.user).where(
    follows.c.thread == bindparam("thread"),
    follows.c.following == true(),
    follows.c.read_seq < bindparam("seq"),
    follows.c.user != bindparam("author"),
)
_LEAVE = (
    update(follows)
    .where(
        follows.c.user == bindparam("the_user"), follows.c.room == bindparam("the_room"), follows.c.following == true()
    )
    .values(following=False, unread=0, last=LEFT, rev=bindparam("now"))
)
_FORGET_LEFT = delete(follows).where(
    follows.c.thread == bindparam("the_thread"), follows.c.user.in_(_USERS), follows.c.last == LEFT
)


def _thread(row: Any) -> Thread:
    return Thread(
        thread=row.thread,
        room=row.room,
        following=row.following,
        read_seq=row.read_seq,
        unread=row.unread,
        rev=row.rev,
    )


def replies(tx: Tx, thread: int) -> Replies | None:
    """The answers to a message, counted."""
    row: Any = tx.read(_ANSWERS, {"thread": thread}).one()
    if not row.answers:
        return None
    faces = list(tx.read(_FACES, {"thread": thread}).scalars())
    return Replies(count=row.answers, last_at=moment(row.last_at), users=faces)


def replies_with(before: Replies | None, answer: Message) -> Replies:
    """The answers to a message once there is one more, without a recount."""
    others = [user for user in before.users if user != answer.author] if before else []
    return Replies(count=before.count + 1 if before else 1, last_at=answer.at, users=[answer.author, *others][:FACES])


def find(tx: Tx, user: int, thread: int) -> Thread | None:
    """A user's own view of a thread."""
    row = tx.read(_ONE, {"user": user, "thread": thread}).first()
    return row and _thread(row)


def page(tx: Tx, user: int, *, before: int, unread: bool, limit: int) -> list[tuple[Thread, int]]:
    """The answered threads that a user follows, with the ids of their newest answers, the newest first."""
    statement = _PAGE.where(follows.c.unread > 0) if unread else _PAGE
    rows = tx.read(statement, {"user": user, "before": before, "most": limit})
    return [(_thread(row), row.last) for row in rows]


def page_since(tx: Tx, user: int, since: int) -> list[Thread]:
    """A user's own views of threads changed after a seq of the user."""
    return _threads(tx, _SINCE, {"user": user, "since": since})


def _threads(tx: Tx, statement: Select[Any], values: dict[str, Any]) -> list[Thread]:
    return [_thread(row) for row in tx.read(statement, values)]


def page_now(tx: Tx, users: Sequence[int]) -> dict[int, list[Thread]]:
    """Of each of these users, whose topics were just taken, the threads that changed with it."""
    found: dict[int, list[Thread]] = {}
    for row in tx.read(_NOW.order_by(follows.c.thread), {"users": users}):
        found.setdefault(row.user, []).append(_thread(row))
    return found


def page_follows(tx: Tx, thread: int) -> dict[int, bool]:
    """Who has a view of a thread, and whether they follow it; without those who followed it when they left its room."""
    return {row.user: row.following for row in tx.read(_OF_THREAD, {"thread": thread})}


def page_unread_by(tx: Tx, thread: int, seq: int, *, author: int) -> list[int]:
    """The followers by whom an answer is unread."""
    return list(tx.read(_UNREAD_BY, {"thread": thread, "seq": seq, "author": author}).scalars())


def count(tx: Tx, users: Sequence[int]) -> dict[int, int]:
    """In how many threads something is unread, of those of these users who have any."""
    return {row.user: row.unread for row in tx.page_hot(_COUNTS, {"users": users})}


def count_unread(tx: Tx, user: int, thread: int, read_seq: int) -> int:
    """The answers of others after a seq."""
    return int(tx.read(_UNREAD, {"user": user, "thread": thread, "read_seq": read_seq}).scalar_one())


def find_last(tx: Tx, thread: int) -> int:
    """The newest answer that there ever was, or the root."""
    return tx.read(_LAST, {"thread": thread}).scalar_one() or thread


def add(tx: Tx, revs: Mapping[int, int], *, thread: int, room: int, read_seq: int, last: int, unread: int = 0) -> None:
    """Have users, who have no view of a thread yet or followed it when they left its room, follow it."""
    given = {"thread": thread, "room": room, "following": True, "read_seq": read_seq, "last": last, "unread": unread}
    if revs:
        tx.write(_FORGET_LEFT, {"the_thread": thread, "users": list(revs)})
        tx.write(_ADD, [{**given, "user": user, "rev": rev} for user, rev in revs.items()])


def change(tx: Tx, user: int, thread: int, **values: Any) -> None:
    """Change columns of a user's view of a thread, `rev` among them."""
    tx.write(_CHANGE.values(**values), {"the_user": user, "the_thread": thread})


def answered(tx: Tx, thread: int, users: Sequence[int], *, answer: int) -> None:
    """These followers, whose topics were just taken, have an unread answer more."""
    if users:
        tx.write(_ANSWERED, {"the_thread": thread, "users": users, "answer": answer})


def taken_back(tx: Tx, thread: int, users: Sequence[int]) -> None:
    """These followers, whose topics were just taken, have an unread answer less."""
    if users:
        tx.write(_TAKEN_BACK, {"the_thread": thread, "users": users})


def leave(tx: Tx, user: int, room: int, *, rev: int) -> None:
    """A user follows no thread of a room any more."""
    tx.write(_LEAVE, {"the_user": user, "the_room": room, "now": rev})
