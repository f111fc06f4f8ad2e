"""Sessions: who is calling, signing in and out, and what is signed in elsewhere."""

from datetime import datetime

import msgspec

from chinwag.changes import User
from chinwag.clock import DAY, SECOND, moment
from chinwag.errors import CLOSE_RESTART, CLOSE_SIGNED_OUT, NotFound, Unauthorized
from chinwag.services import access, passwords, secrets
from chinwag.services.names import email_key
from chinwag.services.shapes import Id, Limit, Secret
from chinwag.store import sessions, users
from chinwag.store.tx import Cookie, Tx

IDLE = 14 * DAY
LONGEST = 90 * DAY
TOUCH = 600 * SECOND
"""A session's last use is written down this often."""


class Session(msgspec.Struct):
    """A signed-in browser or an API token."""

    id: int
    kind: str
    label: str
    created_at: datetime
    seen_at: datetime
    current: bool


class Sessions(msgspec.Struct):
    """Some of one's sessions, the last seen first, and whether there are more."""

    sessions: list[Session]
    more: bool


class Known(msgspec.Struct):
    """What `authenticate` found: the caller, and whether `touch` is due."""

    user: int
    session: int
    stale: bool


def authenticate(tx: Tx, *, secret: str, cookie: bool) -> Known:
    """Whose secret this is: a browser's session if it came by `cookie`, an API token otherwise. The only way in for
    cookies, bearer tokens, WebSocket and HTTP."""
    kind = "cws" if cookie else "cwt"
    found = sessions.find_by_hash(tx, secrets.digest(secret)) if secret.startswith(f"{kind}_") else None
    if found is None or found.banned_at is not None:
        raise Unauthorized("Your session has ended: please sign in again." if cookie else "This token is not valid.")
    return Known(user=found.user, session=found.id, stale=tx.now - found.seen_at > TOUCH)


def touch(tx: Tx) -> None:
    """The caller's session is in use: put off its end, up to its longest life."""
    me = access.me(tx)
    for row in sessions.page_of_user(tx, me.id):
        if row.id == tx.caller.session:
            ends_at = None if row.kind == "token" else min(row.created_at + LONGEST, tx.now + IDLE)
            sessions.change_seen(tx, row.id, ends_at=ends_at)


def check_password(tx: Tx, *, login: str, password: str) -> int:
    """The id of the user with this e-mail address or handle and password. Unknown users cost the same time."""
    login = email_key(login.strip())
    found = users.find_login(tx, email_key=login, handle=login.removeprefix("@"))
    right = passwords.verify(found.password if found else None, password)
    if found is None or not right or found.banned_at is not None:
        raise Unauthorized("That is not the right name and password.", field="password")
    return int(found.id)


def create(tx: Tx, *, login: Secret, password: str, prepared: int) -> User:
    """Sign in by e-mail address or handle and password."""
    user = users.get(tx, prepared)
    if user.banned:
        raise Unauthorized("That is not the right name and password.", field="password")
    open_session(tx, user.id)
    return user


def open_session(tx: Tx, user: int) -> None:
    """Sign a user in on the browser that calls: a new session, whose secret HTTP sets as a cookie."""
    secret = secrets.make("cws")
    label = tx.caller.agent[:200] or "a browser"
    sessions.remove_ended(tx)
    sessions.add(tx, user=user, kind="browser", hash=secrets.digest(secret), label=label, ends_at=tx.now + IDLE)
    tx.cookie = Cookie(secret, LONGEST // SECOND)


def list_all(tx: Tx, *, limit: Limit = 100) -> Sessions:
    """What is signed in as oneself."""
    me = access.me(tx)
    found = sessions.page_of_user(tx, me.id)
    return Sessions(
        more=len(found) > limit,
        sessions=[
            Session(
                id=row.id,
                kind=row.kind,
                label=row.label,
                created_at=moment(row.created_at),
                seen_at=moment(row.seen_at),
                current=row.id == tx.caller.session,
            )
            for row in found[:limit]
        ],
    )


def end(tx: Tx, *, session: Id | None = None) -> None:
    """End one of one's sessions, or the present one; its connections close."""
    me = access.me(tx)
    session = tx.caller.session if session is None else session
    if session not in {row.id for row in sessions.page_of_user(tx, me.id)}:
        raise NotFound("session")
    assert session is not None
    sessions.remove(tx, [session])
    tx.end([session], CLOSE_SIGNED_OUT)
    if session == tx.caller.session:
        tx.cookie = Cookie("", 0)


def end_others(tx: Tx, user: int, *, code: int = CLOSE_SIGNED_OUT) -> None:
    """End all sessions of a user but the caller's own, API tokens too, and close their connections."""
    ended = [row.id for row in sessions.page_of_user(tx, user) if row.id != tx.caller.session]
    sessions.remove(tx, ended)
    tx.end(ended, code)


def renew(tx: Tx, user: int) -> None:
    """A user's rights changed: browsers sign in anew, and connections of API tokens come back with the new rights."""
    rows = sessions.page_of_user(tx, user)
    browsers = [row.id for row in rows if row.kind == "browser"]
    sessions.remove(tx, browsers)
    tx.end(browsers, CLOSE_SIGNED_OUT)
    tx.end([row.id for row in rows if row.kind == "token"], CLOSE_RESTART)
