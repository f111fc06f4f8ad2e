"""The inbox: what concerns one, each a notice that one can mark as done."""

import msgspec

from chinwag.changes import Counts, Message, Notice, NoticeKind
from chinwag.errors import NotFound
from chinwag.services import access, own
from chinwag.services.shapes import BIGGEST, Id, Limit
from chinwag.store import members, notices
from chinwag.store.tx import Tx


class Inbox(msgspec.Struct):
    """Some notices, the newest first, the messages that they are about, and whether there is more."""

    notices: list[Notice]
    messages: list[Message]
    more: bool


def page(
    tx: Tx, *, kind: NoticeKind | None = None, undone: bool = False, before: Id = BIGGEST, limit: Limit = 50
) -> Inbox:
    """What is in one's inbox: all, or one kind, or what is undone."""
    me = access.me(tx)
    found = notices.page(tx, me.id, kind=kind, undone=undone, before=before, limit=limit + 1)
    about = access.these_messages(tx, [one.message for one in found[:limit] if one.message is not None])
    return Inbox(notices=found[:limit], messages=about, more=len(found) > limit)


def mark(tx: Tx, *, notice: Id, on: bool) -> Notice:
    """Mark a notice as done, or as undone again."""
    me = access.me(tx)
    present = notices.find(tx, me.id, notice)
    if present is None:
        raise NotFound("notice")
    if present.done == on:
        return present
    own.change(tx, [me.id], lambda _: _finish(tx, me.id, [present], on=on))
    return notices.find(tx, me.id, notice) or present


def mark_all(tx: Tx) -> Counts:
    """Mark everything as done."""
    me = access.me(tx)
    undone = notices.page_undone(tx, me.id)
    own.change(tx, [me.id] if undone else [], lambda _: _finish(tx, me.id, undone, on=True))
    return own.count(tx, [me.id])[me.id]


def _finish(tx: Tx, me: int, rows: list[Notice], *, on: bool) -> None:
    notices.finish(tx, [row.id for row in rows], done=on)
    rooms = {row.room for row in rows if row.kind == "mention" and row.room is not None}
    members.stamp_mine(tx, [me], sorted(rooms))
