"""Reminders: what one wants to be told of at a time to come, by the clock (`due.py`)."""

import msgspec

from chinwag.changes import Reminder, user_topic
from chinwag.errors import Conflict, Invalid, NotFound
from chinwag.services import access, notices
from chinwag.services.moments import clean_moment
from chinwag.services.names import clean_line
from chinwag.services.shapes import Id, Moment
from chinwag.store import messages, reminders
from chinwag.store.tx import Tx

MOST = 100
TEXT = 500


class RemindersPage(msgspec.Struct):
    """All of one's reminders that wait, the next first."""

    reminders: list[Reminder]


def create(tx: Tx, *, text: str, due_at: Moment, message: Id | None = None) -> Reminder:
    """Be reminded at a time to come, within a year, of something or of a message. At most 100 wait."""
    user = access.me(tx).id
    if message is not None:
        access.message(tx, message)
    text = clean_line(text, TEXT, field="text")
    if not text and message is None:
        raise Invalid("text", "Of what?")
    due = clean_moment(tx, due_at, field="due_at")
    if reminders.count(tx, user) >= MOST:
        raise Conflict(f"{MOST} reminders of yours wait already: please cancel one first.")
    seq = tx.take(user_topic(user))
    return _tell(tx, reminders.add(tx, user, text=text, due_at=due, message=message, rev=seq))


def cancel(tx: Tx, *, id: Id) -> None:
    """Do not be reminded."""
    user = access.me(tx).id
    if reminders.find(tx, user, id) is None:
        raise NotFound("reminder")
    seq = tx.take(user_topic(user))
    # As if it had fired, so that the clock need not pass over it for ever.
    _tell(tx, reminders.change(tx, id, deleted=True, fired=True, text="", rev=seq))


def page(tx: Tx) -> RemindersPage:
    """All of one's reminders that wait."""
    return RemindersPage(reminders=reminders.page(tx, access.me(tx).id))


def remind(tx: Tx, *, id: int) -> None:
    """It is due: say so in one's inbox, with the message if it is there and one may still read it."""
    row = reminders.claim(tx, id)
    if row is None:
        return
    about = [] if row.message is None else messages.page_readable(tx, row.user, [row.message])
    place = next(({"room": one.room, "message": one.id} for one in about if not one.deleted), {})
    _tell(tx, reminders.change(tx, id, fired=True, rev=tx.take(user_topic(row.user))))
    notices.tell(tx, [row.user], kind="reminder", text=row.text, **place)


def _tell(tx: Tx, row: Reminder) -> Reminder:
    tx.change(user_topic(tx.caller.user or 0), row.rev, reminders=[row])
    return row
