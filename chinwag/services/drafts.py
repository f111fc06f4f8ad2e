"""Drafts: what one has begun to write follows one from device to device."""

from chinwag.changes import Draft, user_topic
from chinwag.clock import moment
from chinwag.errors import Conflict
from chinwag.services import access, threads
from chinwag.services.names import clean_draft
from chinwag.services.shapes import Id
from chinwag.store import drafts, members
from chinwag.store.tx import Tx

MOST = 100
CHARACTERS = 128_000
"""All drafts of a user come with the first answer to each of their connections, so they are bounded together too."""


def save(tx: Tx, *, room: Id, body: str, thread: Id | None = None) -> Draft:
    """Keep what one has begun to write in a room or one of its threads. Empty, it is over, also where one has left."""
    user, place, body = tx.caller.user or 0, thread or 0, clean_draft(body)
    present = drafts.find(tx, user, room, place)
    if present is not None and not body:
        access.me(tx)
    else:
        _check_place(tx, room, thread if body else None)
    if (present.body if present else "") == body:
        return present or Draft(room=room, thread=place, at=moment(tx.now), deleted=True)
    if body:
        _check_space(tx, room, place, body)
    return _put(tx, room, place, body)


def _check_place(tx: Tx, room: int, thread: int | None) -> None:
    standing = access.room(tx, room)
    if thread is not None:
        threads.root_of_answer(tx, standing, thread)


def settle(tx: Tx, standing: access.Standing, thread: int = 0) -> None:
    """Something was said in a room, or in a thread of it: what was drafted there is over, and slow mode counts from
    now."""
    if standing.slow and standing.rank < 1:
        members.change(tx, standing.id, tx.caller.user or 0, posted_at=tx.now)
    if standing.drafted and not tx.caller.absent:
        _put(tx, standing.id, thread, "")


def _put(tx: Tx, room: int, thread: int, body: str) -> Draft:
    user = tx.caller.user or 0
    topic = user_topic(user)
    seq = tx.take(topic)
    draft = drafts.put(tx, user, room, thread, body=body, rev=seq)
    if not thread:
        members.stamp_mine(tx, [user], [room])
    tx.change(topic, seq, drafts=[draft], mine=members.page_mine_now(tx, [user]).get(user, []))
    return draft


def _check_space(tx: Tx, room: int, thread: int, body: str) -> None:
    others = drafts.size_of_others(tx, tx.caller.user or 0, room, thread)
    if others.drafts >= MOST or others.characters + len(body) > CHARACTERS:
        raise Conflict("You have begun very many messages: please send or empty some first.", field="body")
