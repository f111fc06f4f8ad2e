"""Moments that people ask for: to come, and within a year, or at least such as a calendar has."""

from datetime import UTC, datetime

from chinwag.clock import DAY, stamp
from chinwag.errors import Invalid
from chinwag.store.tx import Tx

FARTHEST = 366 * DAY
LAST = stamp(datetime.max.replace(tzinfo=UTC))
"""What is later only in time zones west of UTC no clock of ours can say."""


def clean_moment(tx: Tx, at: datetime, *, field: str) -> int:
    """A moment as it is stored. Refused: what is over already, and what is more than a year away."""
    due = stamp(at)
    if due <= tx.now:
        raise Invalid(field, "This moment is over: please choose one to come.")
    if due > tx.now + FARTHEST:
        raise Invalid(field, "This is more than a year away.")
    return due


def clean_time(at: datetime, *, field: str) -> int:
    """Any moment as it is stored, over or to come. Refused: what is before 1970 or after 9999, as UTC counts them."""
    time = stamp(at)
    if not 0 <= time <= LAST:
        raise Invalid(field, "Please choose a time between the years 1970 and 9999.")
    return time
