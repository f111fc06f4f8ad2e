"""The index of words on PostgreSQL: a `tsvector` a message, made of our own words, under GIN.

GIN gives all that match at once and in no order, which for a common word is most of the table, and of a phrase of
common words all that have those words anywhere. So the newest messages are looked at one by one first, and more of them
as long as, by how often it was so until there, the page will soon be full; what is rarer is rare enough for GIN.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    table,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.exc import DBAPIError

from chinwag.store.hot import Hot
from chinwag.store.tables import messages
from chinwag.store.tx import Tx

FOLLOWS = False

NEWEST = 4_000
"""So many messages are looked at one by one at first: some 2 ms."""

FURTHEST = 40_000
"""And so many at most."""

_PUT = Hot(
    text(
        "INSERT INTO search (message, words) VALUES (:id, CAST(:words AS tsvector))"
        " ON CONFLICT (message) DO UPDATE SET words = excluded.words RETURNING message"
    ).columns(column("message", BigInteger))
)
_PUT_ALL = text(
    "INSERT INTO search (message, words)"
    " SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(CAST(:words AS text[]) AS tsvector[]))"
    " ON CONFLICT (message) DO UPDATE SET words = excluded.words"
)
_DROP = text("DELETE FROM search WHERE message = :id")
_CLEAR = text("TRUNCATE search")
_STOP = select(func.set_config("statement_timeout", bindparam("most"), True))

_SEARCH = table("search", column("message", BigInteger), column("words", TSVECTOR))
_HAS: ColumnElement[Any] = cast(bindparam("asked", type_=Text), TSQUERY)
_BELOW = _SEARCH.c.message < bindparam("before")
_TOP = select(func.max(_SEARCH.c.message)).where(_BELOW)
_NEAR = (
    select(_SEARCH.c.message, _SEARCH.c.words)
    .where(_BELOW, _SEARCH.c.message >= bindparam("floor"))
    .order_by(_SEARCH.c.message.desc())
    .offset(0)  # to be walked by id: GIN is not meant
    .subquery("near")
)


def put(tx: Tx, message: int, words: str) -> None:
    """A message, whether it is in the index or not."""
    tx.write_hot(_PUT, {"id": message, "words": _placed(words)})


def put_all(tx: Tx, found: dict[int, str]) -> None:
    """Many messages and their words, whether they are in the index or not."""
    tx.write(_PUT_ALL, {"ids": list(found), "words": [_placed(words) for words in found.values()]})


def _placed(words: str) -> str:
    return " ".join(f"'{word}':{place}" for place, word in enumerate(words.split(" "), 1))


def drop(tx: Tx, message: int, words: str) -> None:
    """A message, whether it is in the index or not."""
    tx.write(_DROP, {"id": message})


def clear(tx: Tx) -> None:
    """Nothing is in the index."""
    tx.write(_CLEAR)


def page(
    tx: Tx, every: Sequence[Sequence[Any]], none: Sequence[Any], whole: ColumnElement[bool], values: dict[str, Any]
) -> list[int]:
    """The newest rows that match, of which `whole` is so too."""
    most, found = values["most"], list[int]()
    values = {**values, "asked": _asked(every, none)}
    top = tx.read(_TOP, values).scalar_one() or 0
    floor, more = top + 1, NEWEST
    while more and floor > 1 and len(found) < most:
        step = {"before": floor, "floor": floor - more, "most": most - len(found)}
        found += tx.read(_nearest(whole), {**values, **step}).scalars()
        floor -= more
        more = _further(top + 1 - floor, len(found), most)
    if floor > 1 and len(found) < most:
        found += tx.read(_all(whole), {**values, "before": floor, "most": most - len(found)}).scalars()
    return found


def _further(walked: int, found: int, most: int) -> int:
    """How many to look at next, after so many of which so many were found; 0 where that would be too many."""
    needed = max(NEWEST, 2 * walked * (most - found) // found) if found else FURTHEST
    return needed if walked + needed <= FURTHEST else 0


def _nearest(whole: ColumnElement[bool]) -> Select[Any]:
    return _newest(_NEAR, whole).where(_NEAR.c.words.op("@@")(_HAS))


def _all(whole: ColumnElement[bool]) -> Select[Any]:
    found = select(_SEARCH.c.message).where(_SEARCH.c.words.op("@@")(_HAS), _BELOW)
    # Not to be walked by id: GIN is meant.
    return _newest(found.order_by(_SEARCH.c.message.desc()).offset(0).subquery("found"), whole)


def _newest(ids: Subquery, whole: ColumnElement[bool]) -> Select[Any]:
    # A value, not a join: they are looked up one by one until there are enough, however many they are thought to be.
    so = select(true()).where(messages.c.id == ids.c.message, whole).scalar_subquery()
    return select(ids.c.message).where(so).order_by(ids.c.message.desc()).limit(bindparam("most"))


def _asked(every: Sequence[Sequence[Any]], none: Sequence[Any]) -> str:
    wanted = " & ".join(_any(group) for group in every)
    return f"{wanted} & !{_any(none)}" if none else wanted


def _any(terms: Sequence[Any]) -> str:
    return "(" + " | ".join(_beside(term) for term in terms) + ")"


def _beside(term: Any) -> str:
    last = len(term.words) - 1
    words = (f"'{word}'" + ":*" * (term.prefix and place == last) for place, word in enumerate(term.words))
    return "(" + " <-> ".join(words) + ")"


@contextmanager
def stopping(tx: Tx, end: float) -> Iterator[None]:
    """Statements inside are each cancelled after the time that is left now."""
    tx.read(_STOP, {"most": str(max(1, int(1000 * (end - time.monotonic()))))})
    yield


def was_stopped(error: DBAPIError) -> bool:
    """Whether it was `stopping` that made this error."""
    return getattr(error.orig, "sqlstate", None) == "57014"
