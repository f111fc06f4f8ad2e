"""Sessions: signed-in browsers and API tokens, kept by the SHA-256 of their secret."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select, update

from chinwag.store.hot import Among, Hot
from chinwag.store.tables import sessions, users
from chinwag.store.tx import Tx

_ALIVE = or_(sessions.c.ends_at.is_(None), sessions.c.ends_at > bindparam("now"))

_BY_HASH = (
    select(
        sessions.c.id, sessions.c.kind, sessions.c.user, sessions.c.seen_at, sessions.c.created_at, users.c.banned_at
    )
    .join(users, users.c.id == sessions.c.user)
    .where(sessions.c.hash == bindparam("hash"), _ALIVE)
)
_OF_USER = select(sessions).where(sessions.c.user == bindparam("user"), _ALIVE).order_by(sessions.c.seen_at.desc())
_TOKENS = (
    select(sessions)
    .where(sessions.c.user == bindparam("user"), sessions.c.kind == "token", sessions.c.id < bindparam("before"))
    .order_by(sessions.c.id.desc())
    .limit(bindparam("most"))
)
_ALIVE_OF = Hot(
    select(sessions.c.id, sessions.c.user)
    .join(users, users.c.id == sessions.c.user)
    .where(Among(sessions.c.id, "ids"), users.c.banned_at.is_(None), _ALIVE)
)
_ADD = insert(sessions).returning(sessions.c.id)
_SEEN = update(sessions).where(sessions.c.id == bindparam("the_id"))
_REMOVE = delete(sessions).where(sessions.c.id.in_(bindparam("ids", expanding=True)))
_REMOVE_ENDED = delete(sessions).where(sessions.c.ends_at <= bindparam("now"))


def find_by_hash(tx: Tx, hash: str) -> Row[Any] | None:
    """The session that has not ended, with `banned_at` of its user."""
    return tx.read(_BY_HASH, {"hash": hash, "now": tx.now}).first()


def page_of_user(tx: Tx, user: int) -> list[Row[Any]]:
    """A user's sessions, the last seen first."""
    return list(tx.read(_OF_USER, {"user": user, "now": tx.now}))


def page_tokens(tx: Tx, user: int, *, before: int, limit: int) -> list[Row[Any]]:
    """A user's API tokens, the newest first."""
    return list(tx.read(_TOKENS, {"user": user, "before": before, "most": limit}))


def page_alive(tx: Tx, ids: list[int]) -> dict[int, int]:
    """Which of these sessions have not ended, and whose they are: SQLite gives the number of a removed one anew."""
    return {row.id: row.user for row in tx.page_hot(_ALIVE_OF, {"ids": ids, "now": tx.now})} if ids else {}


def add(tx: Tx, **values: Any) -> int:
    """Add a session; returns the id."""
    return int(tx.write(_ADD, {"created_at": tx.now, "seen_at": tx.now, **values}).scalar_one())


def change_seen(tx: Tx, session: int, *, ends_at: int | None) -> None:
    """A session was used now and ends at `ends_at`."""
    tx.write(_SEEN.values(seen_at=tx.now, ends_at=ends_at), {"the_id": session})


def remove(tx: Tx, ids: list[int]) -> None:
    """Forget sessions."""
    if ids:
        tx.write(_REMOVE, {"ids": ids})


def remove_ended(tx: Tx) -> None:
    """Forget the sessions that have ended by themselves."""
    tx.write(_REMOVE_ENDED, {"now": tx.now})
