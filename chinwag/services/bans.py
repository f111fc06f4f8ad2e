"""Bans: keeping people out of a room, and guests out by the address that they come from."""

from datetime import datetime

import msgspec

from chinwag.changes import User
from chinwag.clock import moment
from chinwag.errors import Conflict, Forbidden, NotFound
from chinwag.limits import address_key
from chinwag.services import access, membership, own
from chinwag.services.shapes import Id, Limit, Seq
from chinwag.store import audit, bans, members, users, workspace
from chinwag.store.tx import Tx

_RANKS = {"member": 0, "moderator": 1, "owner": 2}


class Ban(msgspec.Struct):
    """Somebody who is kept out of a room."""

    user: int
    by: int
    at: datetime


class Bans(msgspec.Struct):
    """Some bans of a room with who they are, and whether there are more."""

    bans: list[Ban]
    users: list[User]
    more: bool


class Address(msgspec.Struct):
    """An address, of IPv6 a /64, from which no guest comes in."""

    address: str
    by: int
    at: datetime


class Addresses(msgspec.Struct):
    """Some of them, and whether there are more."""

    addresses: list[Address]
    more: bool


def ban(tx: Tx, *, room: Id, user: Id) -> None:
    """Put somebody of a lower rank out of a room, and keep them out."""
    standing = access.managed_room(tx, room)
    if room == workspace.get(tx).lobby:
        raise Conflict("Everybody is in the lobby: to keep somebody out, ban them from the workspace.", field="room")
    found = users.find(tx, user)
    if found is None:
        raise NotFound("user")
    member = members.find(tx, room, user)
    rank = _RANKS[member.role] if member and member.role else 0
    if found.role in access.ADMINS or rank >= standing.rank:
        raise Forbidden("Only somebody of a higher rank can keep them out.")
    if bans.page_these(tx, room, [user]):
        return
    bans.add(tx, room, user)
    if standing.kind == "public":
        membership.shut_out(tx, room, user)
    else:
        membership.put_out(tx, room, user)
    _tell(tx, room)
    audit.add(tx, "members.ban", f"{found.handle} from {standing.named}")


def unban(tx: Tx, *, room: Id, user: Id) -> None:
    """Let somebody into a room again. They are not put back in it."""
    standing = access.managed_room(tx, room)
    if not bans.page_these(tx, room, [user]):
        return
    bans.remove(tx, room, user)
    _tell(tx, room)
    audit.add(tx, "members.unban", f"{users.get(tx, user).handle} from {standing.named}")


def _tell(tx: Tx, room: int) -> None:
    """Who is kept out has changed: those who moderate the room hear of it, and nobody else."""
    own.change(tx, members.page_managers(tx, room), lambda revs: members.stamp_mine(tx, list(revs), [room]))


def tell_of_rights(tx: Tx, user: int) -> None:
    """Somebody is an administrator now, or no more: of rooms in which they are members alone, they see who is kept out
    by that."""
    if rooms := bans.page_rooms(tx, user):
        own.change(tx, [user], lambda _: members.stamp_mine(tx, [user], rooms))


def page(tx: Tx, *, room: Id, after: Seq = 0, limit: Limit = 100) -> Bans:
    """Who is kept out of a room that one moderates, by user id."""
    access.managed_room(tx, room)
    found = bans.page(tx, room, after=after, limit=limit + 1)
    shown = [Ban(user=row.user, by=row.by, at=moment(row.at)) for row in found[:limit]]
    people = {user for one in shown for user in (one.user, one.by)}
    return Bans(bans=shown, users=users.page_these(tx, sorted(people)), more=len(found) > limit)


def check_room(tx: Tx, room: int, people: list[int], *, field: str) -> None:
    """Refuse who is banned from a room: to themselves, and to whoever adds them."""
    banned = bans.page_these(tx, room, people)
    if banned == [tx.caller.user]:
        raise Forbidden("You have been banned from this room.", field=field)
    if banned:
        raise Conflict(f"{users.get(tx, banned[0]).name} is banned from this room: unban them first.", field=field)


def addresses(tx: Tx, *, after: str = "", limit: Limit = 100) -> Addresses:
    """The addresses from which no guest comes in."""
    access.admin(tx)
    found = bans.page_addresses(tx, after=after[:64], limit=limit + 1)
    shown = [Address(address=row.address, by=row.by, at=moment(row.at)) for row in found[:limit]]
    return Addresses(addresses=shown, more=len(found) > limit)


def lift(tx: Tx, *, address: str) -> None:
    """Let guests in from an address again."""
    access.admin(tx)
    if not bans.has_address(tx, address[:64]):
        raise NotFound("address")
    bans.remove_address(tx, address)
    audit.add(tx, "admin.lift", address)


def keep_out(tx: Tx, address: str) -> None:
    """Let no guest in from an address any more. Whoever calls this has asked whether it may be."""
    if not bans.has_address(tx, address):
        bans.add_address(tx, address)
        audit.add(tx, "users.ban", f"the address {address}")


def check_address(tx: Tx) -> None:
    """Refuse who comes from an address that is kept out."""
    if tx.caller.address and bans.has_address(tx, address_key(tx.caller.address)):
        raise Forbidden("An administrator has closed this workspace to where you come from.")
