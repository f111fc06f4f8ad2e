"""API tokens: how scripts and bots sign in."""

from datetime import datetime
from typing import Annotated

import msgspec

from chinwag.clock import moment
from chinwag.errors import CLOSE_SIGNED_OUT, Conflict, NotFound
from chinwag.services import access, secrets
from chinwag.services.names import clean_line
from chinwag.services.shapes import BIGGEST, Id, Limit
from chinwag.store import audit, sessions, users
from chinwag.store.tx import Tx

MOST = 50
"""So many tokens a user has at most."""


class Token(msgspec.Struct):
    """An API token; its secret is shown only when it is made."""

    id: int
    label: str
    created_at: datetime
    seen_at: datetime


class NewToken(msgspec.Struct):
    """A token's secret, shown this once."""

    id: int
    token: str


class Tokens(msgspec.Struct):
    """Some tokens, the newest first, and whether there are more."""

    tokens: list[Token]
    more: bool


def create(tx: Tx, *, label: Annotated[str, msgspec.Meta(max_length=200)] = "a script") -> NewToken:
    """Make a token that signs in as oneself until it is revoked."""
    me = access.person(tx)
    label = clean_line(label, 64, field="label")
    if len(sessions.page_tokens(tx, me.id, before=BIGGEST, limit=MOST)) == MOST:
        raise Conflict(f"Nobody can have more than {MOST} tokens: please revoke one first.")
    return issue(tx, me.id, label)


def issue(tx: Tx, user: int, label: str) -> NewToken:
    """Make a token for a user without asking who calls: for `create` and the command line."""
    token = secrets.make("cwt")
    made = sessions.add(tx, user=user, kind="token", hash=secrets.digest(token), label=label, ends_at=None)
    return NewToken(id=made, token=token)


def page(tx: Tx, *, before: Id = BIGGEST, limit: Limit = 50) -> Tokens:
    """One's tokens."""
    me = access.person(tx)
    found = sessions.page_tokens(tx, me.id, before=before, limit=limit + 1)
    tokens = [
        Token(id=row.id, label=row.label, created_at=moment(row.created_at), seen_at=moment(row.seen_at))
        for row in found[:limit]
    ]
    return Tokens(tokens=tokens, more=len(found) > limit)


def revoke(tx: Tx, *, id: Id) -> None:
    """End a token; its connections close."""
    me = access.person(tx)
    if id not in {row.id for row in sessions.page_tokens(tx, me.id, before=id + 1, limit=1)}:
        raise NotFound("token")
    sessions.remove(tx, [id])
    tx.end([id], CLOSE_SIGNED_OUT)


def issue_to(tx: Tx, *, handle: str, label: str) -> NewToken:
    """Make a token for the user with this handle: for the command line alone."""
    found = users.find_handle(tx, handle.strip().removeprefix("@").lower())
    if found is None:
        raise NotFound("user")
    audit.add(tx, "token create", handle)
    return issue(tx, found["id"], clean_line(label, 64, field="label"))
