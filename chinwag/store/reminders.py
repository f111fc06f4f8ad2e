"""Reminders: what people want to be reminded of, and when."""

from typing import Any

from sqlalchemy import false

from chinwag.changes import Reminder
from chinwag.clock import moment
from chinwag.store.due import Due
from chinwag.store.tables import reminders
from chinwag.store.tx import Tx


def _reminder(row: Any) -> Reminder:
    return Reminder(
        id=row.id,
        text=row.text,
        due_at=moment(row.due_at),
        message=row.message,
        fired=row.fired,
        deleted=row.deleted,
        rev=row.rev,
    )


_WAITS = (reminders.c.fired == false()) & (reminders.c.deleted == false())
_ROWS = Due(reminders, _reminder, shown=_WAITS, waits=_WAITS)

find = _ROWS.find
page = _ROWS.page
page_since = _ROWS.page_since
count = _ROWS.count
page_due = _ROWS.page_due
claim = _ROWS.claim
change = _ROWS.change


def add(tx: Tx, user: int, **values: Any) -> Reminder:
    """Add a reminder."""
    return _ROWS.add(tx, user=user, fired=False, deleted=False, **values)
