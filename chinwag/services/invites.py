"""Invites: links that let people in, with a number of uses and an end."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from sqlalchemy import Row

from chinwag.changes import User
from chinwag.clock import DAY, moment
from chinwag.errors import Conflict, NotFound
from chinwag.services import access, secrets
from chinwag.services.moments import clean_moment
from chinwag.services.shapes import BIGGEST, Id, Limit, Moment, Secret
from chinwag.store import audit, invites, users, workspace
from chinwag.store.tx import Tx

SETUP_DAYS = 1
USUAL = 7 * DAY


class Invite(msgspec.Struct):
    """An invite; its link is shown only when it is made."""

    id: int
    by: int
    uses: int
    used: int
    created_at: datetime
    ends: datetime
    revoked: bool


class NewInvite(msgspec.Struct):
    """An invite with its secret and its link, which are shown this once."""

    id: int
    token: str
    url: str
    uses: int
    ends: datetime


class Invites(msgspec.Struct):
    """Some invites, the newest first, and whether there are more."""

    invites: list[Invite]
    more: bool


class Welcome(msgspec.Struct):
    """What somebody sees who follows an invite: the workspace's name and who invites."""

    name: str
    by: str


def create(
    tx: Tx,
    *,
    uses: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1,
    ends: Moment | None = None,
) -> NewInvite:
    """Make a link by which so many people can sign up until it ends: in a week, where that is not said."""
    me = access.person(tx)
    token = secrets.make("inv")
    ends_at = tx.now + USUAL if ends is None else clean_moment(tx, ends, field="ends")
    made = invites.add(tx, kind="invite", hash=secrets.digest(token), by=me.id, uses=uses, ends_at=ends_at)
    audit.add(tx, "invites.create", f"{uses} uses, until {moment(ends_at):%Y-%m-%d %H:%M} UTC")
    return NewInvite(id=made, token=token, url=f"{tx.caller.link}/join#{token}", uses=uses, ends=moment(ends_at))


def page(tx: Tx, *, before: Id = BIGGEST, limit: Limit = 50) -> Invites:
    """One's own invites; all of them for administrators."""
    me = access.person(tx)
    by = None if me.role in access.ADMINS else me.id
    found = invites.page(tx, by=by, before=before, limit=limit + 1)
    return Invites(invites=[_invite(row) for row in found[:limit]], more=len(found) > limit)


def revoke(tx: Tx, *, id: Id) -> None:
    """End an invite of one's own; administrators may end any."""
    me: User = access.person(tx)
    found = invites.find(tx, id)
    if found is None or (found.by != me.id and me.role not in access.ADMINS):
        raise NotFound("invite")
    invites.change_revoked(tx, id)
    audit.add(tx, "invites.revoke", str(id))


def look(tx: Tx, *, token: Secret) -> Welcome:
    """What an invite invites to."""
    found = _usable(tx, "invite", token)
    return Welcome(name=workspace.get(tx).name, by=users.get(tx, found.by).name)


def use_link(tx: Tx, kind: Literal["invite", "setup"], token: str) -> None:
    """Use a link once, or refuse."""
    if not invites.change_used(tx, _usable(tx, kind, token).id):
        raise Conflict("This link has been used up.", field="token")


def make_setup_link(tx: Tx) -> str:
    """A new one-time link for the first owner; those before it no longer work. For the server and its command line."""
    token = secrets.make("stp")
    invites.change_setup_revoked(tx)
    invites.add(tx, kind="setup", hash=secrets.digest(token), by=None, uses=1, ends_at=tx.now + SETUP_DAYS * DAY)
    return f"{tx.caller.link}/setup#{token}"


def _usable(tx: Tx, kind: str, token: str) -> Row[Any]:
    found = invites.find_by_hash(tx, kind, secrets.digest(token)) if token else None
    if found is None:
        raise NotFound("link")
    banned = found.by is not None and users.get(tx, found.by).banned
    if banned or found.revoked or found.used >= found.uses or found.ends_at <= tx.now:
        raise Conflict("This link has been used up or has ended: please ask for a new one.", field="token")
    return found


def _invite(row: Row[Any]) -> Invite:
    return Invite(
        id=row.id,
        by=row.by,
        uses=row.uses,
        used=row.used,
        created_at=moment(row.created_at),
        ends=moment(row.ends_at),
        revoked=row.revoked,
    )
