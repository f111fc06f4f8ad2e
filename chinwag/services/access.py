"""The only doors: loading is authorising. Every service's first line goes through here.

What a caller may not see is `NotFound`, in the same words as what is not there. Each door looks afresh at whether the
caller's session has ended and whether they are banned, so a right taken away is gone with the commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from chinwag.changes import WORKSPACE, Member, Message, Room, User, room_topic
from chinwag.clock import SECOND
from chinwag.errors import Conflict, Forbidden, NotFound, TooMany, Unauthorized
from chinwag.store import files, members, messages, preferences, reports, rooms, sessions, users
from chinwag.store.tx import Tx

ADMINS = ("owner", "admin")
_RANKS = {"member": 0, "moderator": 1, "owner": 2}


_READER = -1
"""The rank of whoever may read a room that they are not in."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The caller's place in a room that they are a member of, or may read."""

    id: int
    slug: str
    kind: str
    archived: bool
    rank: int
    """0 member, 1 moderator, 2 owner, 3 an administrator of the workspace; −1 for one who is no member."""
    guest: bool
    listened: bool
    """Somebody who is or was here has keywords."""
    posting: str
    slow: int
    drafted: bool
    """Whether the caller has a draft there."""

    @property
    def topic(self) -> str:
        return f"room:{self.id}"

    @property
    def named(self) -> str:
        """How the audit log calls it: administrators who are not in a private room learn nothing of it."""
        return f"#{self.slug}" if self.kind == "public" else f"the {self.kind} room {self.id}"


def me(tx: Tx) -> User:
    """Whoever is signed in."""
    caller = tx.caller
    if caller.absent and caller.user is not None and not (user := users.get(tx, caller.user)).banned:
        return user
    if caller.user is None or caller.session is None:
        raise Unauthorized
    if sessions.page_alive(tx, [caller.session]).get(caller.session) != caller.user:
        raise Unauthorized("Your session has ended: please sign in again.")
    return users.get(tx, caller.user)


def person(tx: Tx) -> User:
    """Whoever is signed in, if they are no guest."""
    user = me(tx)
    if user.kind == "guest":
        raise Forbidden("Guests cannot do this.")
    return user


def admin(tx: Tx) -> User:
    """Whoever is signed in, if they are an owner or an administrator of the workspace."""
    user = me(tx)
    if user.role not in ADMINS:
        raise Forbidden("Only administrators can do this.")
    return user


def room(tx: Tx, room: int, *, thread: int = 0) -> Standing:
    """A room that the caller is a member of; `thread` is where in it a draft is looked for."""
    row = members.find_standing(tx, room, thread=thread)
    if row is None:
        _refuse_outsider(tx, room, "room")
    return _standing(row)


def _refuse_outsider(tx: Tx, room: int | None, what: str) -> NoReturn:
    """Whoever may read a room that they are not in is asked to join it; for all others there is nothing."""
    if _reading(tx, room) is not None:
        raise Forbidden("Please join this room first.", field="room")
    raise NotFound(what)


def readable_room(tx: Tx, room: int | None, *, what: str = "room") -> Standing:
    """A room that the caller may read: one that they are a member of, or, unless they are a guest or banned from it, a
    public one."""
    row = members.find_standing(tx, room) if room is not None else None
    standing = _reading(tx, room) if row is None else _standing(row)
    if standing is None:
        raise NotFound(what)
    return standing


def _reading(tx: Tx, room: int | None) -> Standing | None:
    guest = me(tx).kind == "guest"
    row = members.find_reading(tx, room) if room is not None else None
    return row and Standing(
        *(row.id, row.slug, row.kind, row.archived, _READER, guest, row.listened),
        *(row.posting, row.slow, False),
    )


def posting_room(tx: Tx, room_id: int, *, thread: int = 0) -> Standing:
    """The same, locked: whoever is put out while they write has written before that, or not at all."""
    tx.lock(room_topic(room_id))
    return room(tx, room_id, thread=thread)


def _standing(row: Any) -> Standing:
    rank = 3 if row.workspace_role in ADMINS else _RANKS[row.role]
    return Standing(
        *(row.id, row.slug, row.kind, row.archived, rank, row.workspace_role == "guest", row.listened),
        *(row.posting, row.slow, row.draft is not None),
    )


def open_room(tx: Tx, room_id: int) -> Standing:
    """A room that the caller is a member of and that is not archived."""
    standing = room(tx, room_id)
    check_open(standing)
    return standing


def check_open(standing: Standing) -> None:
    """Refuse what is new in an archived room."""
    if standing.archived:
        raise Conflict("This room is archived: nothing new can be said in it.", field="room")


def check_posting(tx: Tx, standing: Standing, *, now: bool = True) -> None:
    """Refuse whoever may not say something in a room that they are in, or not yet. A room without any of this costs
    nothing more. What is to be said at another time than `now` is not too soon."""
    check_open(standing)
    if standing.posting == "moderators" and standing.rank < 1:
        raise Forbidden("Only moderators write in this room.", field="room")
    if standing.kind == "direct":
        check_blocks(tx, standing)
    if now and standing.slow and standing.rank < 1:
        _check_pace(tx, standing)


def _check_pace(tx: Tx, standing: Standing) -> None:
    posted_at = members.find_posted(tx, standing.id, tx.caller.user or 0)
    wait = (posted_at + standing.slow * SECOND - tx.now) / SECOND if posted_at is not None else 0
    if wait > 0:
        raise TooMany("This room is slow: please wait before you write again.", retry_after=wait)


def check_blocks(tx: Tx, standing: Standing) -> None:
    """Refuse words between two of whom one blocks the other."""
    blocks = preferences.find_block_in(tx, standing.id, tx.caller.user or 0)
    if blocks is not None:
        _refuse_blocked(tx, *blocks, field="room")


def check_no_block(tx: Tx, people: Sequence[int]) -> None:
    """Refuse a new direct room with somebody who blocks the caller, or is blocked."""
    blocks = preferences.find_block(tx, tx.caller.user or 0, people)
    if blocks is not None:
        _refuse_blocked(tx, *blocks, field="users")


def _refuse_blocked(tx: Tx, by: int, blocked: int, *, field: str) -> None:
    if by == tx.caller.user:
        raise Forbidden(f"You block {users.get(tx, blocked).name}: unblock them to write to them.", field=field)
    raise Forbidden(f"{users.get(tx, by).name} takes no direct messages from you.", field=field)


def refuse_archived(standing: Standing) -> None:
    """In an archived room nothing is said or changed any more."""
    if standing.archived:
        raise Conflict("This room is archived: nothing in it changes any more.", field="room")


def managed_room(tx: Tx, room_id: int, *, rank: int = 1) -> Standing:
    """A room, not a direct one, that the caller moderates (or, with rank 2, owns)."""
    standing = room(tx, room_id)
    if standing.kind == "direct":
        raise Conflict("A direct conversation has no moderators: it stays as it is.", field="room")
    if standing.rank < rank:
        who = "its moderators" if rank == 1 else "its owners"
        raise Forbidden(f"Only {who} can do this.")
    return standing


def listed_room(tx: Tx, room_id: int) -> Room:
    """A room of the directory, whether or not the caller is a member."""
    user = me(tx)
    found = rooms.find(tx, room_id)
    if found is None or found.kind != "public" or user.kind == "guest":
        raise NotFound("room")
    return found


def member(tx: Tx, standing: Standing, user: int) -> Member:
    """A present member of a room that the caller is in."""
    found = members.find(tx, standing.id, user)
    if found is None or found.deleted:
        raise NotFound("member")
    return found


def message(tx: Tx, message_id: int) -> tuple[Standing, Message]:
    """A message, not a deleted one, in a room that the caller is a member of."""
    standing, found = readable_message(tx, message_id)
    if standing.rank == _READER:
        _refuse_outsider(tx, standing.id, "message")
    return standing, found


def readable_message(tx: Tx, message_id: int) -> tuple[Standing, Message]:
    """A message, not a deleted one, in a room that the caller may read."""
    found = messages.find(tx, message_id)
    standing = readable_room(tx, found.room if found else None, what="message")
    if found is None or found.deleted:
        raise NotFound("message")
    return standing, found


def changing_message(tx: Tx, message_id: int, *, archived: bool = False) -> tuple[Standing, Message]:
    """The same, locked, so that what is read of it is still so when it is changed; in an archived room if that is
    allowed."""
    standing, _ = message(tx, message_id)
    tx.lock(standing.topic)
    standing, found = message(tx, message_id)
    if not archived:
        refuse_archived(standing)
    return standing, found


def file(tx: Tx, id: str) -> tuple[Standing, Any]:
    """A file of a room that the caller is a member of; one that is not posted yet is its uploader's alone."""
    standing, found = readable_file(tx, id)
    if standing.rank == _READER:
        _refuse_outsider(tx, standing.id, "file")
    return standing, found


def readable_file(tx: Tx, id: str) -> tuple[Standing, Any]:
    """A file of a room that the caller may read; one that is not posted yet is its uploader's alone."""
    found = files.find(tx, id)
    standing = readable_room(tx, found.room if found else None, what="file")
    if found is None or (found.message is None and found.by != tx.caller.user):
        raise NotFound("file")
    return standing, found


def known(tx: Tx, user_id: int) -> User:
    """A user that the caller may know of, banned or not."""
    user = me(tx)
    found = users.find(tx, user_id)
    hidden = user.kind == "guest" and user_id != user.id and not users.shares_room(tx, user.id, user_id)
    if found is None or hidden:
        raise NotFound("user")
    return found


def message_at(tx: Tx, slug: str, seq: int) -> Message:
    """The message at a place of a room, by the room's address: what a link names."""
    standing = readable_room(tx, rooms.find_slug(tx, slug), what="message")
    found = messages.find_seq(tx, standing.id, seq)
    if found is None or found.deleted:
        raise NotFound("message")
    return found


def thread(tx: Tx, message_id: int, *, field: str = "message") -> tuple[Standing, Message]:
    """The root of a message's thread, or the message itself, a tombstone perhaps, in a room that the caller is in."""
    found = messages.find(tx, message_id)
    if found is not None and found.thread is not None:
        found = messages.find(tx, found.thread)
    row = members.find_standing(tx, found.room) if found else None
    if found is None or row is None:
        _refuse_outsider(tx, found.room if found else None, field)
    return _standing(row), found


def these_messages(tx: Tx, ids: Sequence[int]) -> list[Message]:
    """Those of these messages that the caller may read, tombstones included."""
    return messages.page_readable(tx, me(tx).id, sorted(set(ids)))


def people(tx: Tx, ids: Sequence[int]) -> list[User]:
    """Users that the caller may know of, each of them present and not banned."""
    user = me(tx)
    wanted = sorted(set(ids))
    found = [one for one in users.page_these(tx, wanted) if not one.banned]
    if user.kind == "guest":
        known = {one.id for one in users.page_known_to(tx, user.id)} | {user.id}
        found = [one for one in found if one.id in known]
    if len(found) < len(wanted):
        raise NotFound("user")
    return found


def report(tx: Tx, report_id: int) -> Any:
    """A report whose room the caller moderates; administrators get each. It is the one door by which somebody acts on a
    message of a room that they are not in: whoever reports it hands it over."""
    user = me(tx)
    found = reports.find(tx, report_id)
    if found is None or not (user.role in ADMINS or user.id in members.page_moderators(tx, found.room)):
        raise NotFound("report")
    return found


def may_hear(tx: Tx, name: str) -> bool:
    """Whether the caller may listen to a topic."""
    try:
        topic(tx, name)
    except NotFound:
        return False
    return True


def topic(tx: Tx, name: str) -> None:
    """A topic that the caller may listen to: one's own, the workspace's, and that of each room that one may read."""
    user = me(tx)
    kind, _, number = name.partition(":")
    if kind == "room" and number.isascii() and number.isdigit() and len(number) < 17 and number == str(int(number)):
        readable_room(tx, int(number), what="topic")
    elif name != f"user:{user.id}" and (name != WORKSPACE or user.kind == "guest"):
        raise NotFound("topic")
