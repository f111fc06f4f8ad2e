"""Saved: the messages that one keeps for later, until they are done. They are nobody else's business."""

import msgspec

from chinwag.changes import Message, Saved, user_topic
from chinwag.errors import Conflict, NotFound
from chinwag.services import access
from chinwag.services.shapes import Id, Limit
from chinwag.store import messages, saved
from chinwag.store.tx import Tx

MOST = 2_000
"""Messages that one user keeps at a time, so that a client can hold all their ids."""


class SavedPage(msgspec.Struct):
    """Saved messages, the latest saved first, and whether there is more."""

    saved: list[Saved]
    messages: list[Message]
    more: bool


def set(tx: Tx, *, message: Id, on: bool) -> Saved:  # noqa: A001
    """Keep a message for later, or no longer, also one that is deleted or of a room that one has left."""
    user, kept = _own(tx, message)
    if kept is not None and not on:
        access.me(tx)
        return kept if kept.deleted else _put(tx, user, message, deleted=True)
    _, found = access.message(tx, message)
    if not on:
        return Saved(message=message, room=found.room, at=found.at, deleted=True)
    if kept is not None and not kept.deleted:
        return kept
    if saved.count(tx, user) >= MOST:
        raise Conflict(f"You keep {MOST:,} messages: please let go of some first.", field="message")
    return _put(tx, user, message, deleted=False, done=False, at=tx.now)


def done(tx: Tx, *, message: Id, on: bool) -> Saved:
    """Be done with a saved message, or not yet after all."""
    access.message(tx, message)
    user, kept = _own(tx, message)
    if kept is None or kept.deleted:
        raise NotFound("message")
    return kept if kept.done == on else _put(tx, user, message, done=on)


def page(tx: Tx, *, done: bool = False, before: Id | None = None, limit: Limit = 50) -> SavedPage:
    """Saved messages with their texts; those of rooms that one has left are not given."""
    user = access.me(tx).id
    found = saved.page(tx, user, done=done, before=before, limit=limit + 1)
    rows = found[:limit]
    return SavedPage(
        saved=rows,
        messages=messages.page_these(tx, [row.message for row in rows]),
        more=len(found) > limit,
    )


def marks(tx: Tx) -> list[Saved]:
    """Which messages one keeps: all of them, without their texts."""
    return saved.page_all(tx, access.me(tx).id)


def _own(tx: Tx, message: int) -> tuple[int, Saved | None]:
    user = tx.caller.user
    assert user is not None
    return user, saved.find(tx, user, message)


def _put(tx: Tx, user: int, message: int, **values: object) -> Saved:
    topic = user_topic(user)
    seq = tx.take(topic)
    row = saved.put(tx, user, message, rev=seq, **values)
    tx.change(topic, seq, saved=[row])
    return row
