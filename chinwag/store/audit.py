"""What administrators did."""

from typing import Any

from sqlalchemy import Row, bindparam, insert, select

from chinwag.store.tables import audit
from chinwag.store.tx import Tx

_ADD = insert(audit)
_PAGE = select(audit).where(audit.c.id < bindparam("before")).order_by(audit.c.id.desc()).limit(bindparam("most"))


def add(tx: Tx, act: str, detail: str) -> None:
    """Note what the caller does; `act` is the call's name."""
    tx.write(_ADD, {"at": tx.now, "by": tx.caller.user, "act": act, "detail": detail})


def page(tx: Tx, *, before: int, limit: int) -> list[Row[Any]]:
    """The newest first."""
    return list(tx.read(_PAGE, {"before": before, "most": limit}))
