"""What falls due: rows of a user's own, each with a time at which one process does what is to be done."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, Table, bindparam, func, insert, select, update

from chinwag.store.hot import Hot
from chinwag.store.tx import Tx

R = TypeVar("R")


class Due(Generic[R]):
    """The queries of a table with the columns `id`, `user`, `due_at` and `rev`, whose rows are Rs on the wire.

    `shown` is true of the rows that a user still has, `waits` of those that are still to be done.
    """

    def __init__(
        self, table: Table, row: Callable[[Any], R], *, shown: ColumnElement[bool], waits: ColumnElement[bool]
    ) -> None:
        self._row = row
        rows = select(table).where(table.c.user == bindparam("user"))
        self._one = rows.where(shown, table.c.id == bindparam("id")).with_for_update()
        self._page = rows.where(shown).order_by(table.c.due_at, table.c.id)
        self._since = rows.where(table.c.rev > bindparam("since")).order_by(table.c.id)
        of_user = table.c.user == bindparam("user")
        self._count = Hot(select(func.count().label("shown")).select_from(table).where(of_user, shown))
        is_due = waits & (table.c.due_at <= bindparam("now"))
        self._due = (
            select(table.c.id, table.c.user).where(is_due).order_by(table.c.due_at, table.c.id).limit(bindparam("most"))
        )
        self._claim = select(table).where(table.c.id == bindparam("id"), is_due).with_for_update(skip_locked=True)
        self._add = insert(table).returning(*table.c)
        self._change = update(table).where(table.c.id == bindparam("the_id")).returning(*table.c)

    def find(self, tx: Tx, user: int, id: int) -> R | None:
        """One that a user has, held until the commit."""
        row = tx.read(self._one, {"user": user, "id": id}).first()
        return row and self._row(row)

    def page(self, tx: Tx, user: int) -> list[R]:
        """All that a user has, the next first."""
        return [self._row(row) for row in tx.read(self._page, {"user": user})]

    def page_since(self, tx: Tx, user: int, since: int) -> list[R]:
        """A user's rows that changed after a seq of the user, those that are done and tombstones included."""
        return [self._row(row) for row in tx.read(self._since, {"user": user, "since": since})]

    def count(self, tx: Tx, user: int) -> int:
        """How many a user has."""
        return int(tx.read_hot(self._count, {"user": user}).shown)

    def page_due(self, tx: Tx, limit: int) -> list[Row[Any]]:
        """The ids of those that are due, and whose they are, the longest due first."""
        return list(tx.read(self._due, {"now": tx.now, "most": limit}))

    def claim(self, tx: Tx, id: int) -> Any:
        """The columns of one that is due, held until the commit; None if it is no more, or another process holds it."""
        return tx.read(self._claim, {"id": id, "now": tx.now}).first()

    def add(self, tx: Tx, **values: Any) -> R:
        """Add one."""
        return self._row(tx.write(self._add, values).one())

    def change(self, tx: Tx, id: int, **values: Any) -> R:
        """Change columns, `rev` among them."""
        return self._row(tx.write(self._change.values(**values), {"the_id": id}).one())
