"""Scheduled messages: what people will say at a time to come."""

from typing import Any

from sqlalchemy import false

from chinwag.changes import Scheduled
from chinwag.clock import moment
from chinwag.store.due import Due
from chinwag.store.tables import scheduled
from chinwag.store.tx import Tx


def _scheduled(row: Any) -> Scheduled:
    return Scheduled(
        id=row.id,
        room=row.room,
        thread=row.thread,
        body=row.body,
        html=row.html,
        due_at=moment(row.due_at),
        problem=row.problem,
        deleted=row.deleted,
        rev=row.rev,
    )


_SHOWN = scheduled.c.deleted == false()
_ROWS = Due(scheduled, _scheduled, shown=_SHOWN, waits=_SHOWN & (scheduled.c.state == "waiting"))

find = _ROWS.find
page = _ROWS.page
page_since = _ROWS.page_since
count = _ROWS.count
page_due = _ROWS.page_due
claim = _ROWS.claim
change = _ROWS.change


def add(tx: Tx, user: int, **values: Any) -> Scheduled:
    """Schedule a message."""
    return _ROWS.add(tx, user=user, state="waiting", problem="", deleted=False, **values)


def remove(tx: Tx, id: int, *, room: int, due_at: int, rev: int) -> Scheduled:
    """It was said, or cancelled: leave an empty row."""
    change(tx, id, deleted=True, state="done", body="", html="", problem="", rev=rev)
    return Scheduled(id=id, room=room, body="", due_at=moment(due_at), deleted=True, rev=rev)
