"""Reads: how far a user has read each room, the same in every tab and on every device."""

from collections.abc import Sequence

from chinwag.changes import Mine
from chinwag.services import access, own
from chinwag.services.shapes import Id, Seq
from chinwag.store import members, notices
from chinwag.store.tx import Tx


def mark(tx: Tx, *, room: Id, seq: Seq) -> Mine:
    """Everything up to a message is read, and the mentions in it are done. The mark never goes back, and never past the
    room's end."""
    standing = access.room(tx, room)
    end = tx.seqs([standing.topic])[standing.topic]
    me, mine = _mine(tx, room)
    called = notices.page_read_in_room(tx, me, room, min(seq, end)) if mine.mentions else []
    if min(seq, end) <= mine.read_seq and not called:
        return mine
    return _move(tx, me, room, max(min(seq, end), mine.read_seq), called)


def unmark(tx: Tx, *, message: Id) -> Mine:
    """Everything from a message on is unread."""
    standing, found = access.message(tx, message)
    me, mine = _mine(tx, standing.id)
    if found.seq > mine.read_seq:
        return mine
    return _move(tx, me, standing.id, found.seq - 1, [])


def _move(tx: Tx, me: int, room: int, read_seq: int, called: Sequence[int]) -> Mine:
    def write(revs: own.Revs) -> None:
        members.change(tx, room, me, read_seq=read_seq, mine_rev=revs[me])
        if called:
            notices.finish(tx, called)

    own.change(tx, [me], write)
    return _mine(tx, room)[1]


def _mine(tx: Tx, room: int) -> tuple[int, Mine]:
    """The caller, who is a member, and their view of a room."""
    assert tx.caller.user is not None
    mine = members.find_mine(tx, room, tx.caller.user)
    assert mine is not None
    return tx.caller.user, mine
