"""Polls: the question of a message, its answers, and who chose which."""

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from chinwag.changes import Poll
from chinwag.store.tables import polls, votes
from chinwag.store.tx import Tx

_ONE = select(polls).where(polls.c.message == bindparam("message"))
_VOTES = select(votes.c.option, votes.c.user).where(votes.c.message == bindparam("message")).order_by(votes.c.user)
_ADD = insert(polls)
_VOTE = insert(votes)
_UNVOTE = delete(votes).where(votes.c.message == bindparam("of"), votes.c.user == bindparam("by"))
_CLOSE = update(polls).where(polls.c.message == bindparam("of")).values(closed=True)
_WIPE = (
    delete(votes).where(votes.c.message == bindparam("of")),
    delete(polls).where(polls.c.message == bindparam("of")),
)

_strings = msgspec.json.Decoder(list[str])


def find(tx: Tx, message: int) -> Poll | None:
    """The poll of a message, with its votes."""
    row = tx.read(_ONE, {"message": message}).first()
    if row is None:
        return None
    options = _strings.decode(row.options)
    chosen: list[list[int]] = [[] for _ in options]
    for vote in tx.read(_VOTES, {"message": message}):
        chosen[vote.option].append(vote.user)
    return Poll(question=row.question, options=options, votes=chosen, many=row.many, closed=row.closed)


def add(tx: Tx, message: int, *, question: str, options: list[str], many: bool) -> None:
    """Make a message a poll."""
    kept = msgspec.json.encode(options).decode()
    tx.write(_ADD, {"message": message, "question": question, "options": kept, "many": many, "closed": False})


def vote(tx: Tx, message: int, *, user: int, options: list[int]) -> None:
    """These, and no others, are what a user has chosen."""
    tx.write(_UNVOTE, {"of": message, "by": user})
    for option in options:
        tx.write(_VOTE, {"message": message, "user": user, "option": option})


def close(tx: Tx, message: int) -> None:
    """Nobody votes any more."""
    tx.write(_CLOSE, {"of": message})


def wipe(tx: Tx, message: int) -> None:
    """Leave nothing of a message's poll."""
    for statement in _WIPE:
        tx.write(statement, {"of": message})
