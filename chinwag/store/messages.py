"""Messages: what users said."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, false, func, insert, or_, select, update

from chinwag.changes import Message, MessageKind, Quote
from chinwag.clock import moment, moment_or_none
from chinwag.store import edits, parts, polls, previews, quotes, reactions, search, threads
from chinwag.store.hot import Among, Hot
from chinwag.store.tables import members, messages
from chinwag.store.tx import Tx

_GIVEN = (
    *("room", "seq", "rev", "author", "nonce", "at", "body", "html"),
    *("deleted", "kind", "thread", "also", "mentions", "quote"),
)

_ONE = Hot(select(messages).where(messages.c.id == bindparam("id")))
_BY_NONCE = Hot(
    select(messages).where(messages.c.author == bindparam("author"), messages.c.nonce == bindparam("nonce"))
)
_SOME = Hot(select(messages).where(Among(messages.c.id, "ids")).order_by(messages.c.id.desc()))
_UP_TO = Hot(
    select(messages)
    .where(messages.c.id <= bindparam("id"))
    .order_by(messages.c.id.desc())
    .limit(bindparam("most"))
    .with_for_update()
)
_FROM = Hot(select(messages).where(messages.c.id > bindparam("id")).order_by(messages.c.id).limit(bindparam("most")))
_SINCE = Hot(
    select(messages)
    .where(messages.c.room == bindparam("room"), messages.c.rev > bindparam("since"))
    .order_by(messages.c.seq)
)
IN_ROOM = or_(messages.c.thread.is_(None), messages.c.also)
"""What stands in the room; the other answers stand in their threads alone."""
_SOME_OF = select(messages).where(messages.c.seq > bindparam("after"), messages.c.seq < bindparam("before"))
_SOME_OF = _SOME_OF.limit(bindparam("most"))
_OF_ROOM = _SOME_OF.where(messages.c.room == bindparam("of"), IN_ROOM)
_OF_THREAD = _SOME_OF.where(messages.c.thread == bindparam("of"))
_OF = {"room": _OF_ROOM, "thread": _OF_THREAD}
_BEFORE = {of: Hot(some.order_by(messages.c.seq.desc())) for of, some in _OF.items()}
_AFTER = {of: Hot(some.order_by(messages.c.seq)) for of, some in _OF.items()}
_KEPT = {of: some.where(messages.c.deleted == false()) for of, some in _OF.items()}
_LATEST = {of: Hot(kept.order_by(messages.c.seq.desc())) for of, kept in _KEPT.items()}
_NEXT = Hot(_KEPT["room"].order_by(messages.c.seq))
_BY_SEQ = Hot(select(messages).where(messages.c.room == bindparam("room"), messages.c.seq == bindparam("seq")))
_PINNED = Hot(
    select(messages)
    .where(
        messages.c.room == bindparam("room"),
        messages.c.pinned_at.is_not(None),
        messages.c.seq < bindparam("before"),
    )
    .order_by(messages.c.seq.desc())
    .limit(bindparam("most"))
)
_READABLE = Hot(
    select(messages)
    .join(members, members.c.room == messages.c.room)
    .where(
        Among(messages.c.id, "ids"),
        members.c.user == bindparam("user"),
        members.c.deleted == false(),
    )
    .order_by(messages.c.id)
)
_COUNT = select(func.count()).select_from(messages).where(messages.c.deleted == false())
_ADD = Hot(insert(messages).values({name: bindparam(name) for name in _GIVEN}).returning(messages.c.id))
_CHANGE = update(messages).where(messages.c.id == bindparam("the_id"))

_strings = msgspec.json.Decoder(list[str])
_quote = msgspec.json.Decoder(Quote)


def _message(row: Any) -> Message:
    if row.deleted:
        return _tombstone(row)
    more = parts.decoded(row.parts)
    return Message(
        id=row.id,
        room=row.room,
        seq=row.seq,
        rev=row.rev,
        author=row.author,
        nonce=row.nonce,
        at=moment(row.at),
        body=row.body,
        html=row.html,
        kind=row.kind,
        thread=row.thread,
        also=row.also,
        mentions=_strings.decode(row.mentions) if row.mentions else [],
        quote=_quote.decode(row.quote) if row.quote else None,
        pinned=row.pinned_at is not None,
        replies=more.replies,
        reactions=more.reactions,
        files=more.files,
        previews=more.previews,
        poll=more.poll,
        edited_at=moment_or_none(row.edited_at),
    )


def _encoded(mentions: list[str] | None) -> str:
    return msgspec.json.encode(mentions).decode() if mentions else ""


def _tombstone(row: Any) -> Message:
    return Message(
        id=row.id,
        room=row.room,
        seq=row.seq,
        rev=row.rev,
        author=row.author,
        nonce=row.nonce,
        at=moment(row.at),
        thread=row.thread,
        also=row.also,
        deleted=True,
    )


def _messages(rows: Iterable[Any]) -> list[Message]:
    return [_message(row) for row in rows]


def find(tx: Tx, message: int) -> Message | None:
    """A message by id, a tombstone included."""
    row = tx.read_hot(_ONE, {"id": message})
    return row and _message(row)


def find_seq(tx: Tx, room: int, seq: int) -> Message | None:
    """The message at a place of a room, a tombstone included."""
    row = tx.read_hot(_BY_SEQ, {"room": room, "seq": seq})
    return row and _message(row)


def find_first(tx: Tx, room: int, at: int) -> Message | None:
    """The first message of a room at a time or later that is not deleted, by halves: places and times grow together,
    so that no index of times has to be kept for it."""
    place = {"of": room, "after": -1, "before": 2**62, "most": 1}
    before, last = -1, tx.read_hot(_LATEST["room"], place)
    end = -1 if last is None else last.seq
    while before < end:
        middle = (before + end) // 2
        row = tx.read_hot(_NEXT, {**place, "after": middle})
        if row is None or row.at >= at:
            end = middle
        else:
            before = row.seq
    found = tx.read_hot(_NEXT, {**place, "after": before})
    return found and _message(found)


def find_nonce(tx: Tx, author: int, nonce: str) -> Message | None:
    """The message that this author made with this nonce."""
    row = tx.read_hot(_BY_NONCE, {"author": author, "nonce": nonce})
    return row and _message(row)


def count(tx: Tx) -> int:
    """How many messages there are that are not deleted."""
    return int(tx.read(_COUNT, {}).scalar_one())


def page_readable(tx: Tx, user: int, ids: Sequence[int]) -> list[Message]:
    """Those of these messages that are in rooms that a user is in, tombstones included."""
    return _messages(tx.page_hot(_READABLE, {"user": user, "ids": ids})) if ids else []


def page_since(tx: Tx, room: int, since: int) -> list[Message]:
    """Messages changed after a seq of the room, tombstones included, in the room's order."""
    return _messages(tx.page_hot(_SINCE, {"room": room, "since": since}))


def page_these(tx: Tx, ids: Sequence[int]) -> list[Message]:
    """These messages, the newest first."""
    return _messages(tx.page_hot(_SOME, {"ids": ids})) if ids else []


def page_up_to(tx: Tx, message: int, limit: int) -> list[Message]:
    """Messages of all rooms up to an id, the newest first; nobody changes them until the commit."""
    return _messages(tx.page_hot(_UP_TO, {"id": message, "most": limit}))


def page_from(tx: Tx, message: int, limit: int) -> list[Message]:
    """Messages of all rooms after an id, the oldest first."""
    return _messages(tx.page_hot(_FROM, {"id": message, "most": limit}))


def page_before(tx: Tx, room: int, seq: int, limit: int, *, thread: int | None = None) -> list[Message]:
    """The nearest messages of a room, or of a thread, before a seq, tombstones included, oldest first."""
    return _page(tx, _BEFORE, room, thread, {"after": -1, "before": seq, "most": limit})[::-1]


def page_after(tx: Tx, room: int, seq: int, limit: int, *, thread: int | None = None) -> list[Message]:
    """The nearest messages of a room, or of a thread, after a seq, tombstones included, oldest first."""
    return _page(tx, _AFTER, room, thread, {"after": seq, "before": 2**62, "most": limit})


def page_latest(tx: Tx, thread: int, limit: int) -> list[Message]:
    """The latest answers of a thread that are not deleted, oldest first."""
    return _messages(tx.page_hot(_LATEST["thread"], {"of": thread, "after": -1, "before": 2**62, "most": limit}))[::-1]


def page_pinned(tx: Tx, room: int, before: int, limit: int) -> list[Message]:
    """The pinned messages of a room before a seq, the newest first."""
    return _messages(tx.page_hot(_PINNED, {"room": room, "before": before, "most": limit}))


def _page(tx: Tx, statements: dict[str, Hot], room: int, thread: int | None, values: dict[str, Any]) -> list[Message]:
    if values["most"] <= 0:
        return []
    statement = statements["room" if thread is None else "thread"]
    return _messages(tx.page_hot(statement, {"of": room if thread is None else thread, **values}))


def add(
    tx: Tx,
    *,
    room: int,
    seq: int,
    author: int,
    nonce: str,
    body: str,
    html: str,
    kind: MessageKind = "",
    thread: int | None = None,
    also: bool = False,
    mentions: list[str] | None = None,
    quote: Quote | None = None,
) -> Message:
    """Add a message at the room's taken seq."""
    values = {
        "room": room,
        "seq": seq,
        "rev": seq,
        "author": author,
        "nonce": nonce,
        "at": tx.now,
        "body": body,
        "html": html,
        "deleted": False,
        "kind": kind,
        "thread": thread,
        "also": also,
        "mentions": _encoded(mentions),
        "quote": msgspec.json.encode(quote).decode() if quote else "",
    }
    message = Message(
        id=tx.write_hot(_ADD, values).id,
        room=room,
        seq=seq,
        rev=seq,
        author=author,
        nonce=nonce,
        at=moment(tx.now),
        body=body,
        html=html,
        kind=kind,
        thread=thread,
        also=also,
        mentions=mentions or [],
        quote=quote,
    )
    if quote is not None:
        quotes.add(tx, message.id, original=quote.message)
    search.add(tx, message)
    return message


def change(tx: Tx, message: int, **values: Any) -> Message:
    """Change columns of a message, `rev` among them."""
    before = _message(tx.read_hot(_ONE, {"id": message}))
    if "mentions" in values:
        values["mentions"] = _encoded(values["mentions"])
    tx.write(_CHANGE.values(**values), {"the_id": message})
    after = _message(tx.read_hot(_ONE, {"id": message}))
    search.change(tx, before, after)
    return after


def empty_quote(tx: Tx, message: int, *, rev: int) -> Message:
    """Leave of what a message passed on only where it stood."""
    quote = _quote.decode(tx.read_hot(_ONE, {"id": message}).quote)
    quote.html = ""
    return change(tx, message, rev=rev, quote=msgspec.json.encode(quote).decode())


def refresh(tx: Tx, message: int, *, rev: int) -> Message:
    """Keep with a message what other tables say of it now."""
    return change(tx, message, rev=rev, parts=parts.encoded(parts.read(tx, message)))


def count_answer(tx: Tx, message: int, answer: Message) -> Message:
    """Keep with a message that it has one answer more: as `refresh` does, without reading what is known already."""
    known = parts.decoded(tx.read_hot(_ONE, {"id": message}).parts)
    known = msgspec.structs.replace(known, replies=threads.replies_with(known.replies, answer))
    return change(tx, message, rev=answer.seq, parts=parts.encoded(known))


def wipe(tx: Tx, message: int, *, rev: int) -> Message:
    """Leave an empty row of a message, and nothing of it elsewhere."""
    polls.wipe(tx, message)
    edits.remove(tx, message)
    quotes.remove(tx, message)
    reactions.remove_all(tx, message)
    previews.keep_only(tx, message, [])
    nothing: dict[str, Any] = {
        "body": "",
        "html": "",
        "mentions": [],
        "quote": "",
        "parts": "",
        "kind": "",
        "pinned_at": None,
    }
    return change(tx, message, rev=rev, deleted=True, edited_at=None, **nothing)
