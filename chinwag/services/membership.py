"""How users come into rooms and go: the one place where member rows are made, with all that listeners are told.

These functions decide nothing about who may; the services that call them have asked `access` first.
"""

from collections.abc import Iterable

from chinwag.changes import Member, Mine, Room, room_topic, user_topic
from chinwag.errors import Conflict
from chinwag.services import own
from chinwag.store import members, notices, preferences, rooms, threads, users
from chinwag.store.tx import Tx

ROOMS_EACH = 500


def check_space(tx: Tx, user: int) -> None:
    """Refuse a room more than a user may be in."""
    if rooms.count_of_user(tx, user) >= ROOMS_EACH:
        raise Conflict(f"Nobody can be in more than {ROOMS_EACH} rooms: please leave one first.")


def let_in(
    tx: Tx, room: int, newcomers: Iterable[int], *, role: str = "member", seq: int | None = None
) -> list[Member]:
    """Put users in a room, and tell it, and tell each of them. Those who are in it already are left as they are.

    `seq` is the room's next one, where the caller had to take it: each that is taken is told once, or there is a hole.
    """
    topic = room_topic(room)
    tx.lock(topic)
    added = [user for user in sorted(set(newcomers)) if not _is_member(tx, room, user)]
    if not added:
        return []
    for user in added:
        check_space(tx, user)
    seq = tx.take(topic) if seq is None else seq
    seqs = tx.take_all(set(map(user_topic, added)))
    for user in added:
        members.add(tx, room, user, role=role, rev=seq, mine_rev=seqs[user_topic(user)])
        if preferences.get(tx, user).keywords:
            rooms.listen(tx, user)
    rooms.change_count(tx, room, by=len(added), rev=seq)
    rows = [member for member in members.page_since(tx, room, seq - 1) if member.user in added]
    present = rooms.get(tx, room)
    for user in added:
        _tell_own(tx, present, user, seqs[user_topic(user)], members.find_mine(tx, room, user))
    tx.change(topic, seq, room=present, members=rows, users=users.page_these(tx, added))
    return rows


def put_out(tx: Tx, room: int, user: int) -> None:
    """Take a member out of a room. If it was the last owner, the next in line becomes one."""
    topic, own_topic = room_topic(room), user_topic(user)
    tx.lock(topic)
    if not _is_member(tx, room, user):
        return
    seq = tx.take(topic)
    heir = members.find_heir(tx, room, but=user)
    inherits = heir is not None and heir.role != "owner"
    seqs = tx.take_all({own_topic, user_topic(heir.user)} if heir and inherits else {own_topic})
    members.change(tx, room, user, role="member", deleted=True, rev=seq, mine_rev=seqs[own_topic])
    _forget(tx, room, user, rev=seqs[own_topic])
    rooms.change_count(tx, room, by=-1, rev=seq)
    present = rooms.get(tx, room)
    if heir and inherits:
        mine_rev = seqs[user_topic(heir.user)]
        members.change(tx, room, heir.user, role="owner", rev=seq, mine_rev=mine_rev)
        _tell_own(tx, present, heir.user, mine_rev, members.find_mine(tx, room, heir.user))
    own.tell(tx, {user: seqs[own_topic]})
    tx.change(topic, seq, room=present, members=members.page_since(tx, room, seq - 1))


def shut_out(tx: Tx, room: int, user: int) -> None:
    """Take a user out of a public room; one who is not in it may be listening all the same, and is told to be out."""
    tx.lock(room_topic(room))
    if _is_member(tx, room, user):
        put_out(tx, room, user)
        return
    rev = tx.take(user_topic(user))
    members.shut_out(tx, room, user, mine_rev=rev)
    own.tell(tx, {user: rev})


def _forget(tx: Tx, room: int, user: int, *, rev: int) -> None:
    """What is said in a room comes to nobody who left it: not by their inbox, not by threads."""
    ids = notices.page_of_room(tx, user, room)
    if ids:
        notices.remove(tx, ids)
    threads.leave(tx, user, room, rev=rev)


def _is_member(tx: Tx, room: int, user: int) -> bool:
    member = members.find(tx, room, user)
    return member is not None and not member.deleted


def _tell_own(tx: Tx, room: Room, user: int, seq: int, mine: Mine | None) -> None:
    tx.change(user_topic(user), seq, rooms=[room], mine=[mine] if mine else [])
