"""Quotes: passing a message on to another room, and the card of one that a link leads to."""

from collections.abc import Collection
from typing import Annotated

from msgspec import Meta

from chinwag.changes import Message, Quote, room_topic
from chinwag.services import access
from chinwag.services.messages import made_already, say
from chinwag.services.names import clean_body
from chinwag.services.shapes import Id, Nonce, Seq
from chinwag.store.tx import Tx

Slug = Annotated[str, Meta(max_length=64)]


def forward(tx: Tx, *, message: Id, room: Id, body: str = "", nonce: Nonce, online: Collection[int] = ()) -> Message:
    """Pass a message that one can read on to another room, as it is now, with words of one's own or without.

    Who reads it there reads the quote's text; its link leads on only for those who may read where it came from. The
    same nonce again gives the message that it made, whatever has become of the other. `online` is who hears of an
    `@here`.
    """
    if (made := made_already(tx, nonce)) is not None:
        return made
    standing = access.room(tx, room)
    _lock_all(tx, standing, *access.readable_message(tx, message))
    standing = access.room(tx, room)
    _, found = access.readable_message(tx, message)
    access.check_posting(tx, standing)
    body = clean_body(body) if body else ""
    return say(tx, standing, nonce=nonce, body=body, quote=_passed_on(found), online=online)


def _lock_all(tx: Tx, into: access.Standing, source: access.Standing, message: Message) -> None:
    """The rooms at both ends, and the one that a quote came from: nothing is passed on which is being deleted."""
    origin = {room_topic(message.quote.room)} if message.quote else set()
    for topic in sorted({into.topic, source.topic} | origin):
        tx.lock(topic)


def look(tx: Tx, *, room: Slug, seq: Seq) -> Quote:
    """The message behind a link, `/rooms/<slug>/<seq>`, for whoever may read it."""
    return _quote(access.message_at(tx, room, seq))


def _passed_on(message: Message) -> Quote:
    """What was passed on without a word is passed on again as it was, not wrapped once more."""
    return message.quote if message.quote and not message.body else _quote(message)


def _quote(message: Message) -> Quote:
    return Quote(
        message=message.id,
        room=message.room,
        seq=message.seq,
        author=message.author,
        at=message.at,
        html=message.html,
    )
