"""Edits: what a message said before it was changed."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select

from chinwag.store.tables import edits
from chinwag.store.tx import Tx

_PAGE = (
    select(edits)
    .where(edits.c.message == bindparam("message"), edits.c.id < bindparam("before"))
    .order_by(edits.c.id.desc())
    .limit(bindparam("most"))
)
_ADD = insert(edits)
_REMOVE = delete(edits).where(edits.c.message == bindparam("the_message"))


def page(tx: Tx, message: int, *, before: int, limit: int) -> list[Row[Any]]:
    """Older texts, the newest first."""
    return list(tx.read(_PAGE, {"message": message, "before": before, "most": limit}))


def add(tx: Tx, message: int, *, at: int, body: str) -> None:
    """Keep a text that was written `at` then."""
    tx.write(_ADD, {"message": message, "at": at, "body": body})


def remove(tx: Tx, message: int) -> None:
    """Forget them all."""
    tx.write(_REMOVE, {"the_message": message})
