"""Messages: saying, reading, changing and taking back."""

from collections.abc import Collection, Sequence
from typing import Literal

import msgspec

from chinwag.changes import Message, Quote, Thread
from chinwag.clock import stamp
from chinwag.errors import Conflict, Forbidden, Invalid, Unauthorized
from chinwag.services import access, drafts, mentions, notices, threads
from chinwag.services import files as file_service
from chinwag.services.erasing import erase
from chinwag.services.files import FileIds
from chinwag.services.names import clean_body
from chinwag.services.previews import links
from chinwag.services.shapes import Id, Limit, Moment, Nonce, Seq
from chinwag.store import audit, edits, messages
from chinwag.store import files as file_store
from chinwag.store import previews as preview_store
from chinwag.store.tx import Tx

Manner = Literal["", "me"]


class History(msgspec.Struct):
    """Messages of a room or a thread, tombstones included, oldest first; whether there is more on the side that was
    asked for (`around`: on one of the two), and on each side; with a thread its root, a tombstone perhaps, and one's
    own view of it. In a room, around an answer that stands in its thread alone, the root says which thread."""

    messages: list[Message]
    more: bool
    older: bool
    newer: bool
    root: Message | None = None
    follow: Thread | None = None


def post(
    tx: Tx,
    *,
    room: Id,
    body: str,
    nonce: Nonce,
    files: FileIds = [],  # noqa: B006  never changed
    thread: Id | None = None,
    also: bool = False,
    kind: Manner = "",
    online: Collection[int] = (),
) -> Message:
    """Say something in a room, or in answer to one of its messages; with the kind "me", what one does. The same nonce
    again gives the message that it made. `online` is who hears of an `@here`."""
    if (made := made_already(tx, nonce)) is not None:
        return made
    standing = access.posting_room(tx, room, thread=thread or 0)
    access.check_posting(tx, standing)
    file_service.check_attachable(tx, room, files)
    body = clean_body(body, may_be_empty=bool(files))
    if also and thread is None:
        raise Invalid("also", "Only an answer can be shown in the room too.")
    root = None if thread is None else threads.root_of_answer(tx, standing, thread)
    return say(tx, standing, nonce=nonce, body=body, files=files, root=root, also=also, kind=kind, online=online)


def made_already(tx: Tx, nonce: str) -> Message | None:
    """The message that the caller made with this nonce, in whatever room, if that is still one of theirs."""
    if tx.caller.user is None:
        raise Unauthorized
    made = messages.find_nonce(tx, tx.caller.user, nonce)
    if made is not None:
        access.readable_room(tx, made.room)
    return made


def say(
    tx: Tx,
    standing: access.Standing,
    *,
    nonce: str,
    body: str,
    files: Sequence[str] = (),
    quote: Quote | None = None,
    root: Message | None = None,
    also: bool = False,
    kind: Manner = "",
    online: Collection[int] = (),
) -> Message:
    """Add a cleaned body to a room once nothing can refuse it any more, and tell it, and whom it calls; with files or a
    quote it may be empty."""
    author = tx.caller.user
    assert author is not None
    words = mentions.read(tx, standing, body)
    seq = tx.take(standing.topic)
    message = messages.add(
        tx,
        room=standing.id,
        seq=seq,
        author=author,
        nonce=nonce,
        body=body,
        html=words.html,
        thread=None if root is None else root.id,
        also=also,
        kind=kind,
        mentions=words.mentions,
        quote=quote,
    )
    if files:
        file_store.attach(tx, message.id, files)
        message = messages.refresh(tx, message.id, rev=seq)
    tx.change(standing.topic, seq, messages=[message, *threads.counted(tx, root, message)])
    if root is not None:
        threads.said(tx, standing, root, message, online=online)
    else:
        notices.said(tx, standing, message, new=words.mentions, online=online)
    drafts.settle(tx, standing, message.thread or 0)
    return message


def page(
    tx: Tx,
    *,
    room: Id,
    thread: Id | None = None,
    before: Seq | None = None,
    after: Seq | None = None,
    around: Seq | None = None,
    limit: Limit = 50,
) -> History:
    """Messages of a room, or the answers of a thread of it, before, after or around a place (a message's `seq`); the
    latest if none is given."""
    standing = access.readable_room(tx, room)
    if sum(place is not None for place in (before, after, around)) > 1:
        raise Invalid("before", "Only one of before, after and around can be given.")
    if thread is None:
        history = _page(tx, room, None, before=before, after=after, around=around, limit=limit)
        lone = None if around is None else threads.root_at(tx, room, around)
        return msgspec.structs.replace(history, root=lone) if lone else history
    root = threads.root_of_answer(tx, standing, thread)
    history = _page(tx, room, thread, before=before, after=after, around=around, limit=limit)
    return msgspec.structs.replace(history, root=root, follow=threads.find(tx, standing, root))


def _page(
    tx: Tx, room: int, thread: int | None, *, before: int | None, after: int | None, around: int | None, limit: int
) -> History:
    if after is not None:
        newer = messages.page_after(tx, room, after, limit + 1, thread=thread)
        older = messages.page_before(tx, room, after + 1, 1, thread=thread)
        more = len(newer) > limit
        return History(messages=newer[:limit], more=more, older=bool(older), newer=more)
    if around is not None:
        return _around(tx, room, thread, around, limit)
    end = 2**62 if before is None else before
    older = messages.page_before(tx, room, end, limit + 1, thread=thread)
    newer = messages.page_after(tx, room, end - 1, 1, thread=thread)
    more = len(older) > limit
    return History(messages=older[-limit:], more=more, older=more, newer=bool(newer))


def _around(tx: Tx, room: int, thread: int | None, place: int, limit: int) -> History:
    half = limit // 2
    older = messages.page_before(tx, room, place, half + 1, thread=thread)
    newer = messages.page_after(tx, room, place - 1, limit - half + 1, thread=thread)
    shown = (older[-half:] if half else []) + newer[: limit - half]
    before, after = len(older) > half, len(newer) > limit - half
    return History(messages=shown, more=before or after, older=before, newer=after)


def first(tx: Tx, *, room: Id, at: Moment) -> Message | None:
    """The first message of a room that was said at a time or later."""
    access.readable_room(tx, room)
    return messages.find_first(tx, room, stamp(at))


def edit(tx: Tx, *, message: Id, body: str, online: Collection[int] = ()) -> Message:
    """Change what one has said. Whom it calls only now hears of it."""
    standing, found = access.changing_message(tx, message, archived=True)
    if found.author != tx.caller.user:
        raise Forbidden("Only its author can edit a message.")
    if found.kind == "poll":
        raise Conflict("A poll stays as it was asked.", field="message")
    if standing.archived:
        raise Conflict("This room is archived: nothing in it changes any more.", field="message")
    if standing.kind == "direct":
        access.check_blocks(tx, standing)
    body = clean_body(body, may_be_empty=bool(found.files or found.quote))
    if body == found.body:
        return found
    words = mentions.read(tx, standing, body)
    seq = tx.take(standing.topic)
    edits.add(tx, message, at=stamp(found.edited_at or found.at), body=found.body)
    values = {"body": body, "html": words.html, "mentions": words.mentions, "edited_at": tx.now}
    changed = messages.change(tx, message, rev=seq, **values)
    if found.previews:
        preview_store.keep_only(tx, message, links(changed, tx.caller.link))
        changed = messages.refresh(tx, message, rev=seq)
    tx.change(standing.topic, seq, messages=[changed])
    new = set(words.mentions) - set(found.mentions)
    notices.said(tx, standing, changed, new=new, online=online)
    threads.called(tx, standing, changed, new=new)
    return changed


def delete(tx: Tx, *, message: Id) -> Message:
    """Take back a message of one's own, or as a moderator anybody's. An empty row is left, and where it was passed on
    an empty quote."""
    standing, found = access.changing_message(tx, message, archived=True)
    if found.author != tx.caller.user and (standing.rank < 1 or standing.kind == "direct"):
        raise Forbidden("Only its author and the room's moderators can delete a message.")
    if found.author != tx.caller.user:
        audit.add(tx, "messages.delete", f"message {message} in {standing.named}")
    return erase(tx, found)
