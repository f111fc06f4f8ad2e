"""The time, from one function that tests set: whole microseconds since 1970 UTC, as the database keeps it."""

import time
from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
DAY = 86_400 * SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _wall() -> int:
    return time.time_ns() // 1000


now = _wall


def moment(at: int) -> datetime:
    """The aware UTC datetime of a stored time."""
    return _EPOCH + timedelta(microseconds=at)


def stamp(at: datetime) -> int:
    """How an aware moment is stored."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment_or_none(at: int | None) -> datetime | None:
    """The same for a time that may not be set."""
    return None if at is None else moment(at)
