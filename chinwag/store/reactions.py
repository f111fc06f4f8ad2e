"""Reactions: who put which emoji to a message."""

from sqlalchemy import bindparam, delete, insert, select

from chinwag.changes import Reaction
from chinwag.store.tables import reactions
from chinwag.store.tx import Tx

_ALL = (
    select(reactions.c.emoji, reactions.c.user)
    .where(reactions.c.message == bindparam("message"))
    .order_by(reactions.c.at, reactions.c.user)
)
_ADD = insert(reactions)
_REMOVE = delete(reactions).where(
    reactions.c.message == bindparam("the_message"),
    reactions.c.user == bindparam("the_user"),
    reactions.c.emoji == bindparam("the_emoji"),
)
_REMOVE_ALL = delete(reactions).where(reactions.c.message == bindparam("the_message"))


def page(tx: Tx, message: int) -> list[Reaction]:
    """The reactions to a message, each kind where its first stands."""
    kinds: dict[str, list[int]] = {}
    for row in tx.read(_ALL, {"message": message}):
        kinds.setdefault(row.emoji, []).append(row.user)
    return [Reaction(emoji=emoji, users=users) for emoji, users in kinds.items()]


def add(tx: Tx, message: int, *, user: int, emoji: str) -> None:
    """Put one to a message."""
    tx.write(_ADD, {"message": message, "user": user, "emoji": emoji, "at": tx.now})


def remove(tx: Tx, message: int, *, user: int, emoji: str) -> None:
    """Take one back."""
    tx.write(_REMOVE, {"the_message": message, "the_user": user, "the_emoji": emoji})


def remove_all(tx: Tx, message: int) -> None:
    """Forget them, whoever put them."""
    tx.write(_REMOVE_ALL, {"the_message": message})
