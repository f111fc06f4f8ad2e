"""Users: everyone with a name."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, RowMapping, Select, bindparam, false, func, insert, select, update

from chinwag.changes import Status, User
from chinwag.clock import moment_or_none
from chinwag.store.hot import Hot
from chinwag.store.tables import members, preferences, users
from chinwag.store.tx import Tx

_PUBLIC = (
    *(users.c.id, users.c.handle, users.c.name, users.c.kind, users.c.role, users.c.banned_at, users.c.rev),
    *(users.c.avatar, users.c.pronouns, users.c.zone, users.c.about),
    *(users.c.status_emoji, users.c.status_text, users.c.status_ends_at, users.c.quiet_until),
)
_MINE = members.alias()
_KNOWN_TO = select(members.c.user).where(
    members.c.deleted == false(),
    members.c.room.in_(select(_MINE.c.room).where(_MINE.c.user == bindparam("me"), _MINE.c.deleted == false())),
)

_ONE = select(*_PUBLIC).where(users.c.id == bindparam("id"))
_THIS = Hot(_ONE)
_SOME = select(*_PUBLIC).where(users.c.id.in_(bindparam("ids", expanding=True))).order_by(users.c.id)
_SINCE = select(*_PUBLIC).where(users.c.rev > bindparam("since")).order_by(users.c.id)
_PAGE = select(*_PUBLIC).where(users.c.id > bindparam("after")).order_by(users.c.id).limit(bindparam("most"))
_FIND = (
    select(*_PUBLIC)
    .where(users.c.words.like(bindparam("pattern"), escape="\\"), users.c.banned_at.is_(None))
    .order_by(users.c.words)
    .limit(bindparam("most"))
)
_PRIVATE = select(users).where(users.c.id == bindparam("id"))
_LOGIN = select(users).where((users.c.email_key == bindparam("email")) | (users.c.handle == bindparam("handle")))
_BY_HANDLE = select(users).where(users.c.handle == bindparam("handle"))
_CALLED = (
    select(users.c.id, users.c.handle, users.c.name, members.c.user.is_not(None).label("inside"))
    .select_from(
        users.outerjoin(
            members,
            (members.c.user == users.c.id) & (members.c.room == bindparam("room")) & (members.c.deleted == false()),
        )
    )
    .where(users.c.handle.in_(bindparam("handles", expanding=True)), users.c.banned_at.is_(None))
)
_ADD = insert(users)
_CHANGE = update(users).where(users.c.id == bindparam("the_id"))
_IS_OVER = (users.c.status_ends_at <= bindparam("now")) | (users.c.quiet_until <= bindparam("now"))
_DUE = select(users.c.id).where(_IS_OVER).order_by(users.c.id).limit(bindparam("most"))
_CLAIM = select(users).where(users.c.id == bindparam("id"), _IS_OVER).with_for_update(skip_locked=True)
_SHOW_SEEN = select(preferences.c.user).where(preferences.c.shows_seen)
_SEEN = update(users).where(users.c.id.in_(bindparam("ids", expanding=True)), users.c.id.in_(_SHOW_SEEN))
_SEEN = _SEEN.values(seen_at=bindparam("at"))
_FIRST_OWNER = select(users.c.id).where(users.c.role == "owner").limit(1)
_ADMINS = select(users.c.id).where(users.c.role.in_(("owner", "admin")), users.c.banned_at.is_(None))
_COUNT_KINDS = (
    select(users.c.kind, func.count().label("many")).where(users.c.banned_at.is_(None)).group_by(users.c.kind)
)
_OWNERS = select(users.c.id).where(users.c.role == "owner", users.c.banned_at.is_(None))


def _user(row: Any) -> User:
    return User(
        id=row.id,
        handle=row.handle,
        name=row.name,
        kind=row.kind,
        role=row.role,
        banned=row.banned_at is not None,
        status=_status(row),
        quiet_until=moment_or_none(row.quiet_until),
        rev=row.rev,
        avatar=row.avatar and avatar_path(row.id, row.avatar),
        pronouns=row.pronouns,
        zone=row.zone,
        about=row.about,
    )


def avatar_path(user: int, hash: str) -> str:
    """Where somebody's picture is."""
    return f"/avatars/{user}/{hash}"


def _status(row: Any) -> Status | None:
    if not (row.status_emoji or row.status_text):
        return None
    return Status(emoji=row.status_emoji, text=row.status_text, ends_at=moment_or_none(row.status_ends_at))


def _users(tx: Tx, statement: Select[Any], values: dict[str, Any]) -> list[User]:
    return [_user(row) for row in tx.read(statement, values)]


def get(tx: Tx, user: int) -> User:
    """A user that is known to exist."""
    return _user(tx.read_hot(_THIS, {"id": user}))


def find(tx: Tx, user: int) -> User | None:
    """A user by id."""
    row = tx.read_hot(_THIS, {"id": user})
    return row and _user(row)


def page_these(tx: Tx, ids: Sequence[int]) -> list[User]:
    """Those of these users that exist."""
    return _users(tx, _SOME, {"ids": list(ids)}) if ids else []


def page_since(tx: Tx, since: int) -> list[User]:
    """Users changed after a seq of the workspace."""
    return _users(tx, _SINCE, {"since": since})


def _known_only(statement: Select[Any], me: int | None, values: dict[str, Any]) -> tuple[Select[Any], dict[str, Any]]:
    if me is None:
        return statement, values
    return statement.where(users.c.id.in_(_KNOWN_TO)), {**values, "me": me}


def page(tx: Tx, *, after: int, limit: int, known_to: int | None = None) -> list[User]:
    """Users by id; with `known_to` only those who share a room with that user."""
    return _users(tx, *_known_only(_PAGE, known_to, {"after": after, "most": limit}))


def page_matching(tx: Tx, prefix: str, *, limit: int, known_to: int | None = None) -> list[User]:
    """Users with a word of the name, or the handle, that begins with `prefix` (folded)."""
    return _users(tx, *_known_only(_FIND, known_to, {"pattern": starts_a_word(prefix), "most": limit}))


def page_known_to(tx: Tx, user: int) -> list[User]:
    """Everyone who shares a room with this user."""
    return _users(tx, select(*_PUBLIC).where(users.c.id.in_(_KNOWN_TO)).order_by(users.c.id), {"me": user})


def shares_room(tx: Tx, user: int, other: int) -> bool:
    """Whether two users are in one room."""
    return tx.read(_ONE.where(users.c.id.in_(_KNOWN_TO)), {"id": other, "me": user}).first() is not None


def starts_a_word(prefix: str) -> str:
    """The LIKE pattern (escape `\\`) that finds `prefix` at the beginning of a word in a column `words`."""
    plain = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"% {plain}%"


def avatar(tx: Tx, user: int) -> str:
    """The hash of a user's picture, or nothing."""
    return str(tx.read(select(users.c.avatar).where(users.c.id == user)).scalar_one())


def find_private(tx: Tx, user: int) -> RowMapping | None:
    """All columns of a user."""
    return tx.read(_PRIVATE, {"id": user}).mappings().first()


def find_login(tx: Tx, *, email_key: str, handle: str) -> RowMapping | None:
    """All columns of the user who signs in by this address or handle."""
    return tx.read(_LOGIN, {"email": email_key, "handle": handle}).mappings().first()


def find_handle(tx: Tx, handle: str) -> RowMapping | None:
    """All columns of a user by handle."""
    return tx.read(_BY_HANDLE, {"handle": handle}).mappings().first()


def page_called(tx: Tx, room: int, handles: Sequence[str]) -> list[Any]:
    """The users with these handles: `id`, `handle`, `name`, and whether they are `inside` a room."""
    return list(tx.read(_CALLED, {"room": room, "handles": list(handles)}))


def find_taken(tx: Tx, column: str, value: str) -> int | None:
    """Who has this value in one of the unique columns."""
    return tx.read(select(users.c.id).where(users.c[column] == value)).scalar()


def change_seen(tx: Tx, ids: Sequence[int], *, seen_at: int) -> None:
    """When these were last here, of those who show it."""
    tx.write(_SEEN, {"ids": list(ids), "at": seen_at})


def page_due(tx: Tx, limit: int) -> list[int]:
    """Those whose status, or whose quiet, is over."""
    return list(tx.read(_DUE, {"now": tx.now, "most": limit}).scalars())


def claim_due(tx: Tx, user: int) -> Row[Any] | None:
    """All columns of one of these, held until the commit; None if nothing is over, or another process holds it."""
    return tx.read(_CLAIM, {"id": user, "now": tx.now}).first()


def page_admins(tx: Tx) -> list[int]:
    """The owners and administrators who are not banned."""
    return list(tx.read(_ADMINS).scalars())


def count_kinds(tx: Tx) -> dict[str, int]:
    """How many people, guests and bots there are that are not banned."""
    return {row.kind: row.many for row in tx.read(_COUNT_KINDS, {})}


def has_owner(tx: Tx) -> bool:
    """Whether the workspace has been set up."""
    return tx.read(_FIRST_OWNER).first() is not None


def page_owners(tx: Tx) -> list[int]:
    """The owners who are not banned."""
    return list(tx.read(_OWNERS).scalars())


def add(tx: Tx, **values: Any) -> int:
    """Add a user; returns the id."""
    result = tx.write(_ADD.returning(users.c.id), values)
    return int(result.scalar_one())


def change(tx: Tx, user: int, **values: Any) -> User:
    """Change columns of a user."""
    tx.write(_CHANGE.values(**values), {"the_id": user})
    return get(tx, user)
