"""Pins: the messages of a room that everybody should find again."""

import msgspec

from chinwag.changes import Message
from chinwag.services import access
from chinwag.services.shapes import BIGGEST, Id, Limit, Seq
from chinwag.store import messages
from chinwag.store.tx import Tx


class Pins(msgspec.Struct):
    """Pinned messages, the newest first, and whether there is more."""

    messages: list[Message]
    more: bool


def pin(tx: Tx, *, message: Id, on: bool) -> Message:
    """Pin a message, or no longer: any member but guests."""
    standing, found = access.changing_message(tx, message)
    access.person(tx)
    if found.pinned == on:
        return found
    seq = tx.take(standing.topic)
    changed = messages.change(tx, message, rev=seq, pinned_at=tx.now if on else None)
    tx.change(standing.topic, seq, messages=[changed])
    return changed


def page(tx: Tx, *, room: Id, before: Seq = BIGGEST, limit: Limit = 50) -> Pins:
    """The pinned messages of a room before a place in it."""
    access.readable_room(tx, room)
    found = messages.page_pinned(tx, room, before, limit + 1)
    return Pins(messages=found[:limit], more=len(found) > limit)
