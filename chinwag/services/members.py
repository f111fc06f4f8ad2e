"""Members: who is in a room, in what role, and who may change that."""

import msgspec

from chinwag.changes import Member, MemberRole, User, room_topic, user_topic
from chinwag.errors import Conflict, Forbidden
from chinwag.services import access, bans, membership
from chinwag.services.shapes import Id, Limit, Seq
from chinwag.store import audit, members, rooms, users, workspace
from chinwag.store.tx import Tx

_RANKS = {"member": 0, "moderator": 1, "owner": 2}


class MembersPage(msgspec.Struct):
    """Some members with who they are, and whether there are more."""

    members: list[Member]
    users: list[User]
    more: bool


def page(tx: Tx, *, room: Id, after: Seq = 0, limit: Limit = 100) -> MembersPage:
    """Members by user id."""
    access.readable_room(tx, room)
    found = members.page(tx, room, after=after, limit=limit + 1)
    shown = found[:limit]
    return MembersPage(
        members=shown, users=users.page_these(tx, [member.user for member in shown]), more=len(found) > limit
    )


def add(tx: Tx, *, room: Id, user: Id) -> Member:
    """Let somebody into a room: into a public one any member may, into a private one its moderators."""
    standing = access.open_room(tx, room)
    if standing.kind != "public" or access.me(tx).kind == "guest":
        access.managed_room(tx, room)
    (added,) = access.people(tx, [user])
    if added.kind == "guest":
        access.managed_room(tx, room)
    bans.check_room(tx, room, [user], field="user")
    membership.let_in(tx, room, [user])
    return access.member(tx, standing, user)


def remove(tx: Tx, *, room: Id, user: Id) -> Member:
    """Take somebody of a lower rank out of a room: they have no role there any more."""
    standing = access.managed_room(tx, room)
    member = access.member(tx, standing, user)
    if _RANKS[member.role or "member"] >= standing.rank:
        raise Forbidden("Only somebody of a higher rank can remove them.")
    if room == workspace.get(tx).lobby:
        raise Conflict("Everybody is in the lobby: to keep somebody out, ban them.", field="room")
    membership.put_out(tx, room, user)
    audit.add(tx, "members.remove", f"{users.get(tx, user).handle} from {standing.named}")
    return members.get(tx, room, user)


def role(tx: Tx, *, room: Id, user: Id, role: MemberRole) -> Member:
    """Make somebody an owner, a moderator or a member of a room."""
    standing = access.managed_room(tx, room, rank=2)
    tx.lock(standing.topic)
    member = access.member(tx, standing, user)
    if role != "member" and users.get(tx, user).kind == "guest":
        raise Forbidden("Guests cannot moderate a room.")
    if member.role == "owner" and role != "owner" and members.count_owners(tx, room) == 1:
        raise Conflict("A room needs an owner: make somebody else one first.", field="role")
    if member.role == role:
        return member
    topic, own = room_topic(room), user_topic(user)
    seqs = tx.take_all({topic, own})
    members.change(tx, room, user, role=role, rev=seqs[topic], mine_rev=seqs[own])
    mine = members.find_mine(tx, room, user)
    row = members.page_since(tx, room, seqs[topic] - 1)
    tx.change(topic, seqs[topic], members=row)
    tx.change(own, seqs[own], rooms=[rooms.get(tx, room)], mine=[mine] if mine else [])
    return row[0]
