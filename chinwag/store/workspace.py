"""The workspace: one row with its name, its epoch and what it lets people do."""

import secrets
from typing import Any

from sqlalchemy import insert, select, update

from chinwag.changes import Settings
from chinwag.store.hot import Hot
from chinwag.store.tables import workspace
from chinwag.store.tx import Tx

_ONE = Hot(select(workspace))


def get(tx: Tx) -> Any:
    """The row."""
    return tx.read_hot(_ONE, {})


def exists(tx: Tx) -> bool:
    """Whether the database has been filled with its first rows."""
    return get(tx) is not None


def settings(tx: Tx) -> Settings:
    """The row as clients see it."""
    row = get(tx)
    return Settings(
        name=row.name,
        guests=row.guests,
        signup=row.signup,
        creating=row.creating,
        calling=row.calling,
        previews=row.previews,
        rev=row.rev,
    )


def add(tx: Tx, *, lobby: int) -> None:
    """Make the one row, with a new epoch."""
    epoch = secrets.token_hex(16)
    tx.write(
        insert(workspace).values(id=1, epoch=epoch, name="Chinwag", guests=False, signup=False, lobby=lobby, rev=0)
    )


def change(tx: Tx, **values: Any) -> None:
    """Change columns."""
    tx.write(update(workspace).values(**values))
