"""Users: finding people, and what administrators may do about them."""

from datetime import datetime

import msgspec

from chinwag.changes import WORKSPACE, Preferences, Role, User, user_topic
from chinwag.clock import SECOND, moment_or_none
from chinwag.errors import CLOSE_BANNED, Conflict, Forbidden, NotFound
from chinwag.services import access, accounts, bans, sessions
from chinwag.services.shapes import Id, Limit, Query, Seq
from chinwag.store import audit, preferences, users
from chinwag.store.tx import Tx

_RANKS = {"guest": 0, "member": 1, "admin": 2, "owner": 3}


BLOCKS = 500


class Seen(msgspec.Struct):
    """When somebody was last here; `null` where that is not known, or not shown."""

    at: datetime | None


class UsersPage(msgspec.Struct):
    """Some users, and whether there are more."""

    users: list[User]
    more: bool


def page(tx: Tx, *, after: Seq = 0, limit: Limit = 100) -> UsersPage:
    """Everyone; for guests the people of their rooms."""
    found = users.page(tx, after=after, limit=limit + 1, known_to=_known_to(tx))
    return UsersPage(users=found[:limit], more=len(found) > limit)


def find(tx: Tx, *, query: Query, limit: Limit = 20) -> UsersPage:
    """Users with a word of the name, or the handle, that begins with the query."""
    known_to = _known_to(tx)
    prefix = query.strip().removeprefix("@").casefold()
    found = users.page_matching(tx, prefix, limit=limit + 1, known_to=known_to) if prefix else []
    return UsersPage(users=found[:limit], more=len(found) > limit)


def role(tx: Tx, *, user: Id, role: Role) -> User:
    """Give somebody another role in the workspace. They sign in anew."""
    tx.lock(WORKSPACE)  # two owners who demote each other at once
    found = _below(tx, user, "users.role")
    if (role == "guest") != (found.kind == "guest"):
        raise Conflict("Guests stay guests, and nobody else becomes one.", field="role")
    if _RANKS[role] > _RANKS[access.me(tx).role]:
        raise Forbidden("Nobody can give more rights than they have.")
    if found.role == "owner" and role != "owner" and users.page_owners(tx) == [user]:
        raise Conflict("The workspace needs an owner: make somebody else one first.", field="role")
    if role == found.role:
        return found
    changed = accounts.tell(tx, user, role=role)
    bans.tell_of_rights(tx, user)
    sessions.renew(tx, user)
    audit.add(tx, "users.role", f"{found.handle}: {found.role} to {role}")
    return changed


def ban(tx: Tx, *, user: Id, address: bool = False) -> User:
    """Keep somebody out of the workspace, a guest also by the address that they came from. Their sessions end at
    once."""
    found = _below(tx, user, "users.ban")
    came_from = _address(tx, found) if address else ""
    if came_from:
        bans.keep_out(tx, came_from)
    if found.banned:
        return found
    changed = accounts.tell(tx, user, banned_at=tx.now)
    sessions.end_others(tx, user, code=CLOSE_BANNED)
    audit.add(tx, "users.ban", found.handle)
    return changed


def _address(tx: Tx, found: User) -> str:
    row = users.find_private(tx, found.id)
    if found.kind != "guest" or row is None or not row["address"]:
        raise Conflict("Only guests can be kept out by the address that they came from.", field="address")
    return str(row["address"])


def unban(tx: Tx, *, user: Id) -> User:
    """Let somebody in again."""
    found = _below(tx, user, "users.unban")
    if not found.banned:
        return found
    changed = accounts.tell(tx, user, banned_at=None)
    audit.add(tx, "users.unban", found.handle)
    return changed


def block(tx: Tx, *, user: Id, on: bool) -> Preferences:
    """Take no direct messages from somebody, or take them again."""
    me = access.me(tx)
    present = preferences.get(tx, me.id)
    if on == (user in present.blocked):
        return present
    if on and user == me.id:
        raise Conflict("Nobody can block themselves.", field="user")
    if on:
        access.people(tx, [user])
    if on and len(present.blocked) >= BLOCKS:
        raise Conflict(f"You block {BLOCKS} people already.", field="user")
    topic = user_topic(me.id)
    seq = tx.take(topic)
    (preferences.add_block if on else preferences.remove_block)(tx, me.id, user)
    changed = preferences.put(tx, me.id, present, rev=seq)
    tx.change(topic, seq, preferences=changed)
    return changed


def seen(tx: Tx, *, user: Id) -> Seen:
    """When somebody was last here, if they let others know."""
    (found,) = access.people(tx, [user])
    row = users.find_private(tx, found.id)
    shows = preferences.get(tx, found.id).shows_seen
    return Seen(at=moment_or_none(row["seen_at"]) if row and shows else None)


def went(tx: Tx, *, gone: list[int]) -> None:
    """Their last connections are gone: note it, to five minutes, of those who let others know. It is told nobody, as
    it would be told with each who closes a browser: whoever wants to know asks once they hear that they went."""
    users.change_seen(tx, gone, seen_at=tx.now - tx.now % (300 * SECOND))


def _known_to(tx: Tx) -> int | None:
    me = access.me(tx)
    return me.id if me.kind == "guest" else None


def _below(tx: Tx, user: int, call: str) -> User:
    """A user whom the caller, an administrator, may act upon: of a lower rank, or anybody else for owners."""
    me = access.admin(tx)
    found = users.find(tx, user)
    if found is None:
        raise NotFound("user")
    if me.role != "owner" and _RANKS[found.role] >= _RANKS[me.role]:
        raise Forbidden("Only an owner can do this to an administrator.")
    if found.id == me.id and call != "users.role":
        raise Conflict("Nobody can do this to themselves.", field="user")
    return found
