"""Quotes: which messages pass on which, so that what is deleted is gone from them too."""

from sqlalchemy import bindparam, delete, insert, select

from chinwag.store.tables import messages, quotes
from chinwag.store.tx import Tx

_OF = (
    select(messages.c.id, messages.c.room)
    .join(quotes, quotes.c.message == messages.c.id)
    .where(quotes.c.original == bindparam("original"))
    .order_by(messages.c.id)
)
_ADD = insert(quotes)
_REMOVE = delete(quotes).where(quotes.c.message == bindparam("the_message"))


def page(tx: Tx, original: int) -> list[tuple[int, int]]:
    """The ids and rooms of the messages that pass this one on."""
    return [(row.id, row.room) for row in tx.read(_OF, {"original": original})]


def add(tx: Tx, message: int, *, original: int) -> None:
    """Note that a message passes another on."""
    tx.write(_ADD, {"message": message, "original": original})


def remove(tx: Tx, message: int) -> None:
    """Forget what a message passed on."""
    tx.write(_REMOVE, {"the_message": message})
