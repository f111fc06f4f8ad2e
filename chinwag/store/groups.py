"""Groups: people who are called together, by one handle."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, delete, false, func, insert, select, update

from chinwag.changes import Group
from chinwag.store.hot import Hot
from chinwag.store.tables import group_members, groups
from chinwag.store.tx import Tx

_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_ONE = select(groups).where(groups.c.id == bindparam("id"), groups.c.deleted == false())
_ALL = Hot(select(groups).where(groups.c.deleted == false()).order_by(groups.c.id))
_SINCE = select(groups).where(groups.c.rev > bindparam("since")).order_by(groups.c.id)
_CALLED = select(groups.c.id, groups.c.handle, groups.c.name).where(
    groups.c.handle.in_(bindparam("handles", expanding=True)), groups.c.deleted == false()
)
_TAKEN = select(groups.c.id).where(groups.c.handle_skeleton == bindparam("skeleton"))
_USERS = (
    select(group_members.c.group, group_members.c.user)
    .where(group_members.c.group.in_(_IDS))
    .order_by(group_members.c.user)
)
_COUNT = select(func.count()).where(groups.c.deleted == false())
_ADD = insert(groups).returning(groups.c.id)
_CHANGE = update(groups).where(groups.c.id == bindparam("the_id"))
_PUT_IN = insert(group_members)
_EMPTY = delete(group_members).where(group_members.c.group == bindparam("the_group"))


def _groups(tx: Tx, statement: Select[Any], values: dict[str, Any]) -> list[Group]:
    return _with_users(tx, tx.read(statement, values).all())


def _with_users(tx: Tx, rows: Sequence[Any]) -> list[Group]:
    users: dict[int, list[int]] = {row.id: [] for row in rows}
    for one in tx.read(_USERS, {"ids": list(users)}) if users else ():
        users[one.group].append(one.user)
    return [_group(row, users[row.id]) for row in rows]


def _group(row: Any, users: list[int]) -> Group:
    if row.deleted:
        return Group(id=row.id, handle="", name="", deleted=True, rev=row.rev)
    return Group(id=row.id, handle=row.handle, name=row.name, users=users, rev=row.rev)


def find(tx: Tx, group: int) -> Group | None:
    """A group by id."""
    return next(iter(_groups(tx, _ONE, {"id": group})), None)


def page_all(tx: Tx) -> list[Group]:
    """All groups."""
    return _with_users(tx, tx.page_hot(_ALL, {}))


def page_since(tx: Tx, since: int) -> list[Group]:
    """Groups changed after a seq of the workspace, tombstones included."""
    return _groups(tx, _SINCE, {"since": since})


def page_called(tx: Tx, handles: Sequence[str]) -> list[Any]:
    """The groups with these handles: `id`, `handle`, `name`."""
    return list(tx.read(_CALLED, {"handles": list(handles)}))


def page_users(tx: Tx, ids: Sequence[int]) -> set[int]:
    """Everybody in these groups."""
    return {row.user for row in tx.read(_USERS, {"ids": list(ids)})} if ids else set()


def find_taken(tx: Tx, skeleton: str) -> int | None:
    """The group whose handle looks like this."""
    return tx.read(_TAKEN, {"skeleton": skeleton}).scalar()


def count(tx: Tx) -> int:
    """How many groups there are."""
    return int(tx.read(_COUNT).scalar_one())


def add(tx: Tx, *, handle: str, handle_skeleton: str, name: str, users: Iterable[int], rev: int) -> int:
    """Add a group; returns its id."""
    values = {"handle": handle, "handle_skeleton": handle_skeleton, "name": name, "deleted": False, "rev": rev}
    group = int(tx.write(_ADD, values).scalar_one())
    _put_in(tx, group, users)
    return group


def change(tx: Tx, group: int, *, users: Iterable[int] | None = None, **values: Any) -> None:
    """Change columns of a group, `rev` among them, or who is in it."""
    tx.write(_CHANGE.values(**values), {"the_id": group})
    if users is not None:
        tx.write(_EMPTY, {"the_group": group})
        _put_in(tx, group, users)


def _put_in(tx: Tx, group: int, users: Iterable[int]) -> None:
    rows = [{"group": group, "user": user} for user in users]
    if rows:
        tx.write(_PUT_IN, rows)
