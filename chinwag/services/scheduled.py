"""Scheduled messages: said at a time to come, by the clock (`due.py`), as if their author had sent them then."""

from collections.abc import Collection

import msgspec

from chinwag.changes import Scheduled, user_topic
from chinwag.clock import SECOND, moment, stamp
from chinwag.errors import Conflict, NotFound, Refused, TooMany
from chinwag.services import access, mentions, messages, threads
from chinwag.services.moments import clean_moment
from chinwag.services.names import clean_body
from chinwag.services.shapes import Id, Moment
from chinwag.store import scheduled
from chinwag.store.tx import Tx

MOST = 100


class ScheduledPage(msgspec.Struct):
    """All that one has scheduled, the next first."""

    scheduled: list[Scheduled]


def create(tx: Tx, *, room: Id, body: str, due_at: Moment, thread: Id | None = None) -> Scheduled:
    """Say something at a time to come, within a year. At most 100 wait."""
    standing = access.room(tx, room)
    access.check_posting(tx, standing, now=False)
    if thread is not None:
        threads.root_of_answer(tx, standing, thread)
    values = {**_words(tx, standing, body), "due_at": clean_moment(tx, due_at, field="due_at")}
    user = tx.caller.user or 0
    if scheduled.count(tx, user) >= MOST:
        raise Conflict(f"You have scheduled {MOST} messages already: please cancel one first.")
    seq = tx.take(user_topic(user))
    return _tell(tx, scheduled.add(tx, user, room=room, thread=thread, **values, rev=seq))


def edit(tx: Tx, *, id: Id, body: str | None = None, due_at: Moment | None = None) -> Scheduled:
    """Change what one will say, or when. One that could not be said waits again once it has a new time."""
    found = _own(tx, id)
    standing = access.room(tx, found.room)
    at = stamp(found.due_at) if due_at is None else clean_moment(tx, due_at, field="due_at")
    words = _words(tx, standing, found.body if body is None else body)
    if (words["body"], moment(at)) == (found.body, found.due_at):
        return found
    again = {} if due_at is None else {"state": "waiting", "problem": ""}
    user = tx.caller.user or 0
    seq = tx.take(user_topic(user))
    return _tell(tx, scheduled.change(tx, id, **words, due_at=at, **again, rev=seq))


def _words(tx: Tx, standing: access.Standing, body: str) -> dict[str, str]:
    """What will be said, and how it looks as of now."""
    body = clean_body(body)
    return {"body": body, "html": mentions.read(tx, standing, body).html}


def cancel(tx: Tx, *, id: Id) -> None:
    """Do not say it."""
    found = _own(tx, id)
    _remove(tx, id, found.room, stamp(found.due_at))


def page(tx: Tx) -> ScheduledPage:
    """All that one has scheduled."""
    return ScheduledPage(scheduled=scheduled.page(tx, access.me(tx).id))


def say(tx: Tx, *, id: int, online: Collection[int] = ()) -> None:
    """It is due: say it, once, whatever happens in between; its author gets it back where they may not say it any more.
    `online` is who hears of an `@here`.

    Said and gone are one transaction, and the nonce is its own: what is tried again makes no second message.
    """
    row = scheduled.claim(tx, id)
    if row is None:
        return
    try:
        messages.post(tx, room=row.room, body=row.body, nonce=f"scheduled-{id}", thread=row.thread, online=online)
    except TooMany as slow:
        _put_off(tx, id, tx.now + int((slow.retry_after or 1) * SECOND))
    except Refused as refused:
        _give_back(tx, id, refused)
    else:
        _remove(tx, id, row.room, row.due_at)


def _put_off(tx: Tx, id: int, due_at: int) -> None:
    user = tx.caller.user or 0
    _tell(tx, scheduled.change(tx, id, due_at=due_at, rev=tx.take(user_topic(user))))


def _give_back(tx: Tx, id: int, refused: Refused) -> None:
    problem = "You are no longer in this room." if isinstance(refused, NotFound) else str(refused)
    user = tx.caller.user or 0
    values = {"state": "failed", "problem": problem}
    _tell(tx, scheduled.change(tx, id, **values, rev=tx.take(user_topic(user))))


def _remove(tx: Tx, id: int, room: int, due_at: int) -> None:
    seq = tx.take(user_topic(tx.caller.user or 0))
    _tell(tx, scheduled.remove(tx, id, room=room, due_at=due_at, rev=seq))


def _own(tx: Tx, id: int) -> Scheduled:
    found = scheduled.find(tx, access.me(tx).id, id)
    if found is None:
        raise NotFound("message")
    return found


def _tell(tx: Tx, row: Scheduled) -> Scheduled:
    tx.change(user_topic(tx.caller.user or 0), row.rev, scheduled=[row])
    return row
