"""Members: users in rooms, with a role and what they have read."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)

from chinwag.changes import Member, Mine
from chinwag.clock import moment_or_none
from chinwag.store import notices
from chinwag.store.hot import Hot
from chinwag.store.rooms import IS_READABLE
from chinwag.store.tables import blocks, drafts, members, messages, room_bans, rooms, sessions, topics, users
from chinwag.store.tx import Tx, own_seq

COUNTED = 1_000
"""Unread messages are counted up to here."""

_OF_ROOM = select(members).where(members.c.room == bindparam("room"))
_ONE = _OF_ROOM.where(members.c.user == bindparam("user"))
_PAGE = (
    _OF_ROOM.where(members.c.deleted == false(), members.c.user > bindparam("after"))
    .order_by(members.c.user)
    .limit(bindparam("most"))
)
_SINCE = _OF_ROOM.where(members.c.rev > bindparam("since")).order_by(members.c.user)
_UNREAD = (
    select(func.count())
    .select_from(
        select(messages.c.id)
        .where(
            messages.c.room == members.c.room,
            messages.c.seq > members.c.read_seq,
            messages.c.author != members.c.user,
            or_(messages.c.thread.is_(None), messages.c.also),
            messages.c.deleted == false(),
        )
        .limit(COUNTED)
        .correlate(members)
        .subquery()
    )
    .scalar_subquery()
)
_ADMINS: list[ColumnElement[str]] = [literal_column("'owner'"), literal_column("'admin'")]
_MANAGES = or_(
    members.c.role != "member",
    select(users.c.role).where(users.c.id == members.c.user).scalar_subquery().in_(_ADMINS),
)
_BANS = select(func.count()).select_from(room_bans).where(room_bans.c.room == members.c.room).scalar_subquery()
_DRAFT = (
    select(drafts.c.body)
    .where(drafts.c.user == members.c.user, drafts.c.room == members.c.room, drafts.c.thread == 0)
    .correlate(members)
    .scalar_subquery()
)
_MINES = select(
    members,
    topics.c.seq.label("at_seq"),
    _UNREAD.label("unread"),
    _DRAFT.label("draft"),
    case((_MANAGES, _BANS), else_=0).label("bans"),
).join(topics, topics.c.name == literal("room:", String) + cast(members.c.room, String))
_MINE = _MINES.where(members.c.user == bindparam("user"))
_MINE_OF_ROOM = Hot(_MINE.where(members.c.room == bindparam("room")))
_MINE_SINCE = Hot(_MINE.where(members.c.mine_rev > bindparam("since")))
_MINE_NOW = _MINES.where(
    members.c.user.in_(bindparam("users", expanding=True)), members.c.mine_rev == own_seq(members.c.user)
)
_CALLABLE = (
    select(members.c.user, members.c.notify, members.c.muted_until)
    .join(users, users.c.id == members.c.user)
    .where(
        members.c.room == bindparam("room"),
        members.c.deleted == false(),
        members.c.user != bindparam("by"),
        users.c.banned_at.is_(None),
        ~select(blocks.c.user).where(blocks.c.user == members.c.user, blocks.c.blocked == bindparam("by")).exists(),
    )
)
_CALLABLE_OF = _CALLABLE.where(members.c.user.in_(bindparam("users", expanding=True)))
_ROOM_IDS = Hot(select(members.c.room).where(members.c.user == bindparam("user"), members.c.deleted == false()))
_USER_IDS = select(members.c.user).where(members.c.room == bindparam("room"), members.c.deleted == false())
_POSTED = select(members.c.posted_at).where(members.c.room == bindparam("room"), members.c.user == bindparam("user"))
_MODERATORS = _USER_IDS.where(members.c.role != "member")
_MANAGERS = _USER_IDS.where(_MANAGES)
_ELDEST = (
    _OF_ROOM.join(users, users.c.id == members.c.user)
    .where(members.c.deleted == false(), members.c.user != bindparam("but"))
    .where(users.c.kind == "person", users.c.banned_at.is_(None))
    .order_by((members.c.role != "owner"), (members.c.role != "moderator"), members.c.joined_at)
    .limit(1)
)
_OWNERS = (
    select(func.count())
    .select_from(members)
    .where(members.c.room == bindparam("room"), members.c.role == "owner", members.c.deleted == false())
)
_PLACE = (
    select(
        rooms.c.id,
        rooms.c.slug,
        rooms.c.kind,
        rooms.c.archived,
        rooms.c.listened,
        rooms.c.posting,
        rooms.c.slow,
        members.c.role,
        members.c.read_seq,
        members.c.posted_at,
        users.c.role.label("workspace_role"),
        drafts.c.at.label("draft"),
    )
    .select_from(members)
    .join(rooms, rooms.c.id == members.c.room)
    .join(users, users.c.id == members.c.user)
    .outerjoin(
        drafts,
        and_(
            drafts.c.user == members.c.user,
            drafts.c.room == members.c.room,
            drafts.c.thread == bindparam("thread"),
            drafts.c.body != "",
        ),
    )
    .where(
        members.c.room == bindparam("room"),
        members.c.user == bindparam("user"),
        members.c.deleted == false(),
        users.c.banned_at.is_(None),
    )
)
_STANDING = Hot(
    _PLACE.join(
        sessions,
        and_(
            sessions.c.id == bindparam("session"),
            sessions.c.user == members.c.user,
            or_(sessions.c.ends_at.is_(None), sessions.c.ends_at > bindparam("now")),
        ),
    )
)
_STANDING_ABSENT = Hot(_PLACE)
_READING = Hot(
    select(rooms.c.id, rooms.c.slug, rooms.c.kind, rooms.c.archived, rooms.c.listened, rooms.c.posting, rooms.c.slow)
    .join(sessions, sessions.c.user == bindparam("me"))
    .where(
        rooms.c.id == bindparam("room"),
        IS_READABLE,
        sessions.c.id == bindparam("session"),
        or_(sessions.c.ends_at.is_(None), sessions.c.ends_at > bindparam("now")),
    )
)
_STAMP_MINE = (
    update(members)
    .where(
        members.c.user.in_(bindparam("users", expanding=True)),
        members.c.room.in_(bindparam("rooms", expanding=True)),
        members.c.deleted == false(),
    )
    .values(mine_rev=own_seq(members.c.user))
)
_ADD = insert(members)
_CHANGE = update(members).where(members.c.room == bindparam("the_room"), members.c.user == bindparam("the_user"))


def _member(row: Any) -> Member:
    role = None if row.deleted else row.role
    return Member(room=row.room, user=row.user, role=role, deleted=row.deleted, rev=row.rev)


def _members(tx: Tx, statement: Select[Any], values: dict[str, Any]) -> list[Member]:
    return [_member(row) for row in tx.read(statement, values)]


def find_standing(tx: Tx, room: int, *, thread: int = 0) -> Any:
    """The caller's place in a room, with the room's columns and when they drafted something there (or in a thread), in
    one look: None unless they are a member, not banned, and their session has not ended."""
    caller = tx.caller
    values = {"room": room, "user": caller.user, "thread": thread}
    if caller.absent:
        return tx.read_hot(_STANDING_ABSENT, values)
    return tx.read_hot(_STANDING, {**values, "session": caller.session, "now": tx.now})


def find_reading(tx: Tx, room: int) -> Any:
    """The columns of a room that the caller may read, if they may and their session has not ended."""
    caller = tx.caller
    return tx.read_hot(_READING, {"room": room, "me": caller.user, "session": caller.session, "now": tx.now})


def find(tx: Tx, room: int, user: int) -> Member | None:
    """A member's row, a tombstone included."""
    row = tx.read(_ONE, {"room": room, "user": user}).first()
    return row and _member(row)


def get(tx: Tx, room: int, user: int) -> Member:
    """A member's row that is known to exist, a tombstone included."""
    return _member(tx.read(_ONE, {"room": room, "user": user}).one())


def page(tx: Tx, room: int, *, after: int, limit: int) -> list[Member]:
    """Members by user id."""
    return _members(tx, _PAGE, {"room": room, "after": after, "most": limit})


def page_since(tx: Tx, room: int, since: int) -> list[Member]:
    """Members changed after a seq of the room, tombstones included."""
    return _members(tx, _SINCE, {"room": room, "since": since})


def page_rooms(tx: Tx, user: int) -> list[int]:
    """The ids of the rooms that a user is in."""
    return [row.room for row in tx.page_hot(_ROOM_IDS, {"user": user})]


def page_ids(tx: Tx, room: int) -> list[int]:
    """The ids of all members of a room."""
    return list(tx.read(_USER_IDS, {"room": room}).scalars())


def page_moderators(tx: Tx, room: int) -> list[int]:
    """The ids of a room's owners and moderators."""
    return list(tx.read(_MODERATORS, {"room": room}).scalars())


def page_managers(tx: Tx, room: int) -> list[int]:
    """The same, with the members who are administrators of the workspace."""
    return list(tx.read(_MANAGERS, {"room": room}).scalars())


def find_heir(tx: Tx, room: int, *, but: int) -> Member | None:
    """Who is next in line when one goes: an owner, else the longest-standing moderator, else member; no guest, no bot
    and nobody who is banned."""
    row = tx.read(_ELDEST, {"room": room, "but": but}).first()
    return row and _member(row)


def find_posted(tx: Tx, room: int, user: int) -> int | None:
    """When a member last posted in a room with slow mode."""
    return tx.read(_POSTED, {"room": room, "user": user}).scalar()


def count_owners(tx: Tx, room: int) -> int:
    """How many owners a room has."""
    return int(tx.read(_OWNERS, {"room": room}).scalar_one())


def find_mine(tx: Tx, room: int, user: int) -> Mine | None:
    """A user's own view of a room."""
    return next(iter(_mines(tx, _MINE_OF_ROOM, {"room": room, "user": user})), None)


def page_mine_since(tx: Tx, user: int, since: int) -> list[Mine]:
    """A user's own views changed after a seq of the user, tombstones included."""
    return _mines(tx, _MINE_SINCE, {"user": user, "since": since})


def page_mine(tx: Tx, user: int) -> list[Mine]:
    """A user's own view of every room that they are in."""
    return [mine for mine in page_mine_since(tx, user, -1) if not mine.deleted]


def page_mine_now(tx: Tx, users: Sequence[int]) -> dict[int, list[Mine]]:
    """Of each of these users, whose topics were just taken, the views that changed with it."""
    rows = tx.read(_MINE_NOW, {"users": users}).all()
    called = notices.count_mentions(tx, sorted({row.user for row in rows}))
    found: dict[int, list[Mine]] = {}
    for row in rows:
        found.setdefault(row.user, []).append(_mine(row, called))
    return found


def _mines(tx: Tx, statement: Hot, values: dict[str, Any]) -> list[Mine]:
    rows = tx.page_hot(statement, values)
    called = notices.count_mentions(tx, [values["user"]]) if rows else {}
    return [_mine(row, called) for row in rows]


def _mine(row: Any, called: dict[tuple[int, int], int]) -> Mine:
    if row.deleted:
        return Mine(room=row.room, role=row.role, deleted=True, rev=row.mine_rev)
    return Mine(
        room=row.room,
        role=row.role,
        read_seq=row.read_seq,
        unread=row.unread,
        at_seq=row.at_seq,
        mentions=called.get((row.user, row.room), 0),
        notify=row.notify or "all",
        starred=row.starred,
        muted_until=moment_or_none(row.muted_until),
        draft=row.draft or "",
        bans=row.bans,
        rev=row.mine_rev,
    )


def page_callable(tx: Tx, room: int, *, by: int, users: Iterable[int] | None = None) -> list[Any]:
    """Whom a user may call in a room, all or those of these, with their `notify` and `muted_until`: its other members
    but for those who are banned or have blocked the caller."""
    if users is None:
        return list(tx.read(_CALLABLE, {"room": room, "by": by}))
    wanted = sorted(users)
    return list(tx.read(_CALLABLE_OF, {"room": room, "by": by, "users": wanted})) if wanted else []


def stamp_mine(tx: Tx, users: Sequence[int], rooms: Sequence[int]) -> None:
    """The views that these users, whose topics were just taken, have of rooms changed."""
    if users and rooms:
        tx.write(_STAMP_MINE, {"users": users, "rooms": rooms})


def add(tx: Tx, room: int, user: int, *, role: str, rev: int, mine_rev: int) -> None:
    """Put a user in a room, or back in it. They have read what was there."""
    values = {"role": role, "deleted": False, "rev": rev, "joined_at": tx.now, "read_seq": rev, "mine_rev": mine_rev}
    if find(tx, room, user) is None:
        tx.write(_ADD, {"room": room, "user": user, **values})
    else:
        change(tx, room, user, **values)


def shut_out(tx: Tx, room: int, user: int, *, mine_rev: int) -> None:
    """Leave the row of one who is no member, so that they are told to be out of the room."""
    if tx.read(_ONE, {"room": room, "user": user}).first() is None:
        values = {"role": "member", "deleted": True, "rev": 0, "joined_at": tx.now, "read_seq": 0}
        tx.write(_ADD, {"room": room, "user": user, "mine_rev": mine_rev, **values})
    else:
        change(tx, room, user, mine_rev=mine_rev)


def change(tx: Tx, room: int, user: int, **values: Any) -> None:
    """Change columns of a member."""
    tx.write(_CHANGE.values(**values), {"the_room": room, "the_user": user})
