"""Reports: somebody shows a message to the moderators of its room and to the administrators.

An administrator need not be in the room: whoever reports a message hands it over, that one and no other. A report has
no text of its own of it, so what was deleted is gone from reports too.
"""

from datetime import datetime
from typing import Any

import msgspec

from chinwag.changes import Message, User
from chinwag.clock import moment, moment_or_none
from chinwag.errors import Conflict, Invalid
from chinwag.services import access, erasing
from chinwag.services.names import clean_line
from chinwag.services.shapes import BIGGEST, Id, Limit
from chinwag.store import audit, reports, users
from chinwag.store import messages as message_store
from chinwag.store.tx import Tx

REASON = 500


class Report(msgspec.Struct):
    """What was reported, as it is now, by whom and why."""

    id: int
    message: Message
    by: int
    reason: str
    at: datetime
    done_at: datetime | None
    done_by: int | None


class Reports(msgspec.Struct):
    """Some reports with the people in them, the newest first, and whether there are more."""

    reports: list[Report]
    users: list[User]
    more: bool


def create(tx: Tx, *, message: Id, reason: str) -> None:
    """Show a message to those who moderate its room, once."""
    standing, found = access.message(tx, message)
    user = tx.caller.user or 0
    reason = clean_line(reason, REASON, field="reason")
    if not reason:
        raise Invalid("reason", "Please say what is wrong with it.")
    if found.author == user:
        raise Invalid("message", "This is your own message: you can delete it.")
    if reports.has_reported(tx, message, user):
        raise Conflict("You have reported this message already.", field="message")
    reports.add(tx, message=message, room=standing.id, by=user, reason=reason)


def page(tx: Tx, *, room: Id | None = None, done: bool = False, before: Id = BIGGEST, limit: Limit = 50) -> Reports:
    """What was reported in the rooms that one moderates, for administrators in all; what is dealt with, or what is
    not."""
    me = access.me(tx)
    moderator = None if me.role in access.ADMINS else me.id
    found = reports.page(tx, moderator=moderator, room=room, done=done, before=before, limit=limit + 1)
    shown = [_report(tx, row) for row in found[:limit]]
    people = {user for one in shown for user in (one.message.author, one.by, one.done_by) if user is not None}
    return Reports(reports=shown, users=users.page_these(tx, sorted(people)), more=len(found) > limit)


def done(tx: Tx, *, report: Id, erase: bool = False) -> None:
    """A report, and with it every other of the same message, is dealt with; `erase` deletes the message."""
    row = access.report(tx, report)
    found = message_store.find(tx, row.message)
    assert found is not None
    erase = erase and not found.deleted
    if erase or row.done_at is None:
        audit.add(tx, "reports.done", f"message {row.message}{', deleted' * erase}")
    if row.done_at is None:
        reports.change_done(tx, row.message, by=tx.caller.user or 0)
    if erase:
        erasing.erase(tx, found)


def _report(tx: Tx, row: Any) -> Report:
    found = message_store.find(tx, row.message)
    assert found is not None
    return Report(
        id=row.id,
        message=found,
        by=row.by,
        reason=row.reason,
        at=moment(row.at),
        done_at=moment_or_none(row.done_at),
        done_by=row.done_by,
    )
