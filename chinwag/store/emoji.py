"""Emoji: the pictures of the workspace's own."""

from typing import Any

from sqlalchemy import Row, bindparam, false, func, insert, select, update

from chinwag.changes import Emoji
from chinwag.store import blobs
from chinwag.store.tables import emoji
from chinwag.store.tx import Tx

_ONE = select(emoji).where(emoji.c.id == bindparam("id"), emoji.c.deleted == false())
_BY_NAME = select(emoji).where(emoji.c.name == bindparam("name"))
_NAMED = select(emoji).where(emoji.c.name.in_(bindparam("names", expanding=True)))
_PAGE = (
    select(emoji)
    .where(emoji.c.id > bindparam("after"), emoji.c.deleted == false())
    .order_by(emoji.c.id)
    .limit(bindparam("most"))
)
_SINCE = select(emoji).where(emoji.c.rev > bindparam("since")).order_by(emoji.c.rev)
_COUNT = select(func.count()).select_from(emoji).where(emoji.c.deleted == false())
_ADD = insert(emoji).returning(emoji.c.id)
_REMOVE = (
    update(emoji)
    .where(emoji.c.id == bindparam("the_id"))
    .values(deleted=True, name=None, hash=None, rev=bindparam("at"))
)


def _emoji(row: Any) -> Emoji:
    if row.deleted:
        return Emoji(id=row.id, by=row.by, deleted=True, rev=row.rev)
    return Emoji(id=row.id, by=row.by, name=row.name, url=f"/emoji/{row.hash}", rev=row.rev)


def find(tx: Tx, number: int) -> Row[Any] | None:
    """One that is there, by id, with the hash of its picture."""
    return tx.read(_ONE, {"id": number}).first()


def find_name(tx: Tx, name: str) -> Emoji | None:
    """The one of this name."""
    row = tx.read(_BY_NAME, {"name": name}).first()
    return row and _emoji(row)


def page_named(tx: Tx, names: list[str]) -> list[Emoji]:
    """Those of these names."""
    return [_emoji(row) for row in tx.read(_NAMED, {"names": names})]


def page(tx: Tx, *, after: int, limit: int) -> list[Emoji]:
    """Those that are there, by id."""
    return [_emoji(row) for row in tx.read(_PAGE, {"after": after, "most": limit})]


def page_since(tx: Tx, since: int) -> list[Emoji]:
    """Those that came or went after a seq of the workspace."""
    return [_emoji(row) for row in tx.read(_SINCE, {"since": since})]


def count(tx: Tx) -> int:
    """How many there are."""
    return int(tx.read(_COUNT).scalar_one())


def add(tx: Tx, *, name: str, hash: str, by: int, rev: int) -> Emoji:
    """Add one."""
    values = {"name": name, "hash": hash, "by": by, "rev": rev, "deleted": False}
    number = tx.write(_ADD, values).scalar_one()
    return Emoji(id=number, by=by, name=name, url=f"/emoji/{hash}", rev=rev)


def remove(tx: Tx, number: int, *, by: int, hash: str, rev: int) -> Emoji:
    """Leave an empty row, and the name free for another."""
    tx.write(_REMOVE, {"the_id": number, "at": rev})
    blobs.loosen(tx, [hash])
    return Emoji(id=number, by=by, deleted=True, rev=rev)
