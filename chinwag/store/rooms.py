"""Rooms: where messages are."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from chinwag.changes import Room
from chinwag.store.hot import Hot
from chinwag.store.tables import members, room_bans, rooms, topics, users
from chinwag.store.tx import Tx
from chinwag.store.users import starts_a_word

_COLUMNS = (
    rooms.c.id,
    rooms.c.slug,
    rooms.c.name,
    rooms.c.kind,
    rooms.c.topic,
    rooms.c.members,
    rooms.c.archived,
    rooms.c.posting,
    rooms.c.slow,
    rooms.c.direct_key,
    rooms.c.rev,
    topics.c.seq,
)
_TOPIC_NAME = literal("room:", String) + cast(rooms.c.id, String)
_ROOMS = select(*_COLUMNS).join(topics, topics.c.name == _TOPIC_NAME)

_ONE = _ROOMS.where(rooms.c.id == bindparam("id"))
_BY_SLUG = select(rooms.c.id).where(rooms.c.slug == bindparam("slug"))
_BY_DIRECT_KEY = select(rooms.c.id).where(rooms.c.direct_key == bindparam("key"))
_BY_SKELETON = select(rooms.c.id).where(rooms.c.slug_skeleton == bindparam("skeleton"))
_OF_USER = Hot(
    _ROOMS.join(members, members.c.room == rooms.c.id)
    .where(members.c.user == bindparam("user"), members.c.deleted == false())
    .order_by(rooms.c.id)
)
_COUNT_OF_USER = (
    select(func.count()).select_from(members).where(members.c.user == bindparam("user"), members.c.deleted.is_(False))
)
_COUNT = select(func.count()).select_from(rooms)
_LISTED_SINCE = _ROOMS.where(rooms.c.kind == "public", rooms.c.listed_rev > bindparam("since")).order_by(rooms.c.id)
_BROWSE = (
    _ROOMS.where(rooms.c.kind == "public", rooms.c.archived == bindparam("archived"), rooms.c.slug > bindparam("after"))
    .order_by(rooms.c.slug)
    .limit(bindparam("most", type_=Integer))
)
_OWN = members.alias("own")
_NAMED = (
    _ROOMS.where(
        rooms.c.words.like(bindparam("pattern"), escape="\\"),
        rooms.c.kind != "direct",
        or_(
            rooms.c.id.in_(select(_OWN.c.room).where(_OWN.c.user == bindparam("user"), _OWN.c.deleted.is_(False))),
            and_(rooms.c.kind == "public", bindparam("public", type_=Boolean)),
        ),
    )
    .order_by(rooms.c.archived, rooms.c.slug)
    .limit(bindparam("most", type_=Integer))
)
_WITH_GUESTS = (
    select(members.c.room)
    .join(users, users.c.id == members.c.user)
    .where(
        users.c.kind == "guest",
        members.c.deleted.is_(False),
        members.c.room.in_(select(_OWN.c.room).where(_OWN.c.user == bindparam("user"), _OWN.c.deleted.is_(False))),
    )
    .distinct()
)
_MINE = select(members.c.room).where(members.c.user == bindparam("me"), members.c.deleted == false())
IS_READABLE = or_(
    rooms.c.id.in_(_MINE),
    and_(
        rooms.c.kind == "public",
        exists().where(users.c.id == bindparam("me"), users.c.kind != "guest", users.c.banned_at.is_(None)),
        ~exists().where(room_bans.c.room == rooms.c.id, room_bans.c.user == bindparam("me")),
    ),
)
"""A room that the user `me` may read: one they are in, or, unless they are a guest or banned, a public one."""
READABLE = select(rooms.c.id).where(IS_READABLE)
_OF_READER = Hot(_ROOMS.where(IS_READABLE).order_by(rooms.c.id))
_LISTEN = (
    update(rooms)
    .where(rooms.c.listened == false())
    .where(rooms.c.id.in_(select(members.c.room).where(members.c.user == bindparam("user"), ~members.c.deleted)))
    .values(listened=True)
)
_ADD = insert(rooms).returning(rooms.c.id)
_CHANGE = update(rooms).where(rooms.c.id == bindparam("the_id"))


def room_of(row: Any) -> Room:
    """The row of a room as clients see it."""
    key = row.direct_key
    return Room(
        id=row.id,
        slug=row.slug,
        name=row.name,
        kind=row.kind,
        topic=row.topic,
        seq=row.seq,
        members=row.members,
        archived=row.archived,
        posting=row.posting,
        slow=row.slow,
        users=[int(user) for user in key.split(",")] if key else [],
        rev=row.rev,
    )


def _rooms(tx: Tx, statement: Select[Any], values: dict[str, Any]) -> list[Room]:
    return [room_of(row) for row in tx.read(statement, values)]


def get(tx: Tx, room: int) -> Room:
    """A room that is known to exist."""
    return room_of(tx.read(_ONE, {"id": room}).one())


def find(tx: Tx, room: int) -> Room | None:
    """A room by id."""
    row = tx.read(_ONE, {"id": room}).first()
    return row and room_of(row)


def find_slug(tx: Tx, slug: str) -> int | None:
    """The id of the room with this slug."""
    return tx.read(_BY_SLUG, {"slug": slug}).scalar()


def find_skeleton(tx: Tx, skeleton: str) -> int | None:
    """The id of the room whose slug looks like this."""
    return tx.read(_BY_SKELETON, {"skeleton": skeleton}).scalar()


def find_direct(tx: Tx, key: str) -> int | None:
    """The id of the direct room of exactly these people."""
    return tx.read(_BY_DIRECT_KEY, {"key": key}).scalar()


def page_of_user(tx: Tx, user: int) -> list[Room]:
    """All rooms that a user is in."""
    return [room_of(row) for row in tx.page_hot(_OF_USER, {"user": user})]


def page_readable(tx: Tx, user: int) -> list[Room]:
    """All rooms that a user may read."""
    return [room_of(row) for row in tx.page_hot(_OF_READER, {"me": user})]


def count_of_user(tx: Tx, user: int) -> int:
    """How many rooms a user is in."""
    return int(tx.read(_COUNT_OF_USER, {"user": user}).scalar_one())


def count(tx: Tx) -> int:
    """How many rooms there are."""
    return int(tx.read(_COUNT, {}).scalar_one())


def page_listed_since(tx: Tx, since: int) -> list[Room]:
    """Public rooms whose entry in the directory changed after a seq of the workspace."""
    return _rooms(tx, _LISTED_SINCE, {"since": since})


def page_public(tx: Tx, *, query: str, archived: bool, after: str, limit: int) -> list[Room]:
    """The directory, by slug; `query` (folded) begins a word of the name or the slug."""
    statement, values = _BROWSE, {"archived": archived, "after": after, "most": limit}
    if query:
        statement = statement.where(rooms.c.words.like(bindparam("pattern"), escape="\\"))
        values["pattern"] = starts_a_word(query)
    return _rooms(tx, statement, values)


def page_named(tx: Tx, prefix: str, *, user: int, public: bool, limit: int) -> list[Room]:
    """Rooms that a user is in, and with `public` the directory, with a word that begins with `prefix` (folded)."""
    values = {"pattern": starts_a_word(prefix), "user": user, "public": public, "most": limit}
    return _rooms(tx, _NAMED, values)


def page_with_guests(tx: Tx, user: int) -> list[int]:
    """The rooms of a user that a guest is in too."""
    return list(tx.read(_WITH_GUESTS, {"user": user}).scalars())


def add(tx: Tx, **values: Any) -> int:
    """Add a room without members; returns the id."""
    return int(tx.write(_ADD, {"members": 0, "archived": False, "created_at": tx.now, "rev": 0, **values}).scalar_one())


def change(tx: Tx, room: int, **values: Any) -> None:
    """Change columns of a room."""
    tx.write(_CHANGE.values(**values), {"the_id": room})


def change_count(tx: Tx, room: int, *, by: int, rev: int) -> None:
    """So many members more (or less)."""
    tx.write(_CHANGE.values(members=rooms.c.members + by, rev=rev), {"the_id": room})


def listen(tx: Tx, user: int) -> None:
    """Note that somebody with keywords is in these rooms: what is said there is looked through for them from now on."""
    tx.write(_LISTEN, {"user": user})
