"""Preferences: what users have set for themselves on all their devices, and whom they block."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, delete, false, insert, or_, select, update

from chinwag.changes import Preferences
from chinwag.store.hot import Hot
from chinwag.store.tables import blocks, members, preferences, rooms
from chinwag.store.tx import Tx

_NO_KEYWORDS = "[]"

_ONE = Hot(select(preferences).where(preferences.c.user == bindparam("user")))
_BLOCKED = Hot(select(blocks.c.blocked).where(blocks.c.user == bindparam("user")).order_by(blocks.c.blocked))
_LISTENING = (
    select(preferences.c.user, preferences.c.keywords)
    .join(members, members.c.user == preferences.c.user)
    .where(members.c.room == bindparam("room"), members.c.deleted == false(), preferences.c.keywords != _NO_KEYWORDS)
)
_BETWEEN = or_(
    and_(blocks.c.user == bindparam("me"), blocks.c.blocked.in_(bindparam("others", expanding=True))),
    and_(blocks.c.blocked == bindparam("me"), blocks.c.user.in_(bindparam("others", expanding=True))),
)
_BLOCK = select(blocks.c.user, blocks.c.blocked).where(_BETWEEN).limit(1)
_PAIR = select(members.c.user).join(rooms, rooms.c.id == members.c.room)
_PAIR = _PAIR.where(members.c.room == bindparam("room"), members.c.user != bindparam("me"), rooms.c.members == 2)
_ADD = insert(preferences)
_CHANGE = update(preferences).where(preferences.c.user == bindparam("the_user"))

_words = msgspec.json.Decoder(list[str])


def get(tx: Tx, user: int) -> Preferences:
    """A user's preferences, which are the usual ones until they have set any."""
    row = tx.read_hot(_ONE, {"user": user})
    blocked = [one.blocked for one in tx.page_hot(_BLOCKED, {"user": user})]
    if row is None:
        return Preferences(blocked=blocked)
    return Preferences(
        keywords=_words.decode(row.keywords),
        blocked=blocked,
        shows_seen=row.shows_seen,
        shows_text=row.shows_text,
        rev=row.rev,
    )


def page_keywords(tx: Tx, room: int) -> dict[int, list[str]]:
    """The keywords of the members of a room who have any."""
    return {row.user: _words.decode(row.keywords) for row in tx.read(_LISTENING, {"room": room})}


def put(tx: Tx, user: int, wanted: Preferences, *, rev: int) -> Preferences:
    """Keep a user's preferences, all but whom they block, at the seq of theirs that was taken."""
    values: dict[str, Any] = {
        "keywords": msgspec.json.encode(wanted.keywords).decode(),
        "shows_seen": wanted.shows_seen,
        "shows_text": wanted.shows_text,
        "rev": rev,
    }
    if tx.read_hot(_ONE, {"user": user}) is None:
        tx.write(_ADD, {"user": user, **values})
    else:
        tx.write(_CHANGE.values(**values), {"the_user": user})
    return get(tx, user)


def add_block(tx: Tx, user: int, blocked: int) -> None:
    """One blocks another."""
    tx.write(insert(blocks), {"user": user, "blocked": blocked})


def remove_block(tx: Tx, user: int, blocked: int) -> None:
    """One does not block another any more."""
    tx.write(delete(blocks).where(blocks.c.user == user, blocks.c.blocked == blocked))


def find_block(tx: Tx, user: int, others: Sequence[int]) -> tuple[int, int] | None:
    """Who blocks whom of a user and some others, if one does: the one who blocks, and the one who is blocked."""
    row = tx.read(_BLOCK, {"me": user, "others": list(others)}).first() if others else None
    return row and (row.user, row.blocked)


def find_block_in(tx: Tx, room: int, user: int) -> tuple[int, int] | None:
    """The same of a user and the other in a room of two."""
    return find_block(tx, user, list(tx.read(_PAIR, {"room": room, "me": user}).scalars()))
