"""What falls due: scheduled messages, reminders, and the ends of statuses and of not being disturbed.

The rows are the truth: whatever process looks next finds what is due, also what fell due while no server ran. It is
claimed and done in one transaction, so that of several processes one does it, once.
"""

from collections.abc import Callable
from typing import NamedTuple

from chinwag.services import accounts, reminders, scheduled
from chinwag.store import reminders as reminder_store
from chinwag.store import scheduled as scheduled_store
from chinwag.store import users
from chinwag.store.tx import Tx

AT_ONCE = 100
"""So many of each kind are found at a look."""


class Due(NamedTuple):
    """Something that is due, of a user: what to do, and with which row, and whether it is told who is online."""

    act: Callable[..., None]
    id: int
    user: int
    asks_online: bool = False


def find(tx: Tx) -> list[Due]:
    """What is due now."""
    found = [Due(scheduled.say, row.id, row.user, asks_online=True) for row in scheduled_store.page_due(tx, AT_ONCE)]
    found += [Due(reminders.remind, row.id, row.user) for row in reminder_store.page_due(tx, AT_ONCE)]
    return found + [Due(accounts.end_what_is_over, user, user) for user in users.page_due(tx, AT_ONCE)]
