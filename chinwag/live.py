"""Calls about the connection itself and about what only memory knows: signing up for topics, presence, typing.

Here services and the hub meet; each of these asks a service what the caller may have, and tells the hub.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from chinwag.changes import WORKSPACE, Emoji, Presence, User, room_topic, user_topic
from chinwag.errors import BadRequest
from chinwag.hub import Connection, Hub
from chinwag.presence import Presences
from chinwag.services import access, emoji, sessions, sync
from chinwag.services.files import FileId
from chinwag.services.shapes import Id, Secret
from chinwag.store import members
from chinwag.store.tx import Caller, Tx

Read = Callable[..., Awaitable[Any]]


class People(msgspec.Struct):
    """Who of a room is here now."""

    users: list[Presence]


@dataclass(frozen=True, slots=True)
class Live:
    """What these calls work with. `read(service, caller, **params)` runs a service on a snapshot."""

    hub: Hub
    presences: Presences
    read: Read
    add_emoji: Callable[[Caller, str, str], Awaitable[Emoji]]
    """Of a name and the hash of bytes that are kept."""


@dataclass(frozen=True, slots=True)
class Context:
    """Who calls, and over which connection, if over one."""

    caller: Caller
    connection: Connection | None

    def line(self) -> Connection:
        """The connection; these calls make sense only over one."""
        if self.connection is None:
            raise BadRequest("This call is for a WebSocket.")
        return self.connection


async def start(
    live: Live, context: Context, *, epoch: str | None = None, topics: sync.Held | None = None
) -> sync.Start:
    """Hear how all of one's topics stand, and those of `topics` that one may read; a connection listens to them."""
    if context.connection is None:
        state: sync.Start = await live.read(sync.start, context.caller, epoch=epoch, topics=topics)
    else:
        state = await _listen(live, context.connection, context.caller, epoch=epoch, topics=topics)
    known = _ids(state.users) if state.me.kind == "guest" else live.presences.everyone()
    state.presence = live.presences.of(known)
    return state


async def _listen(
    live: Live, connection: Connection, caller: Caller, *, epoch: str | None, topics: sync.Held | None
) -> sync.Start:
    """The topics are joined first and the membership is read after, and again where one's own topic moved on meanwhile:
    somebody removed while connecting would stay otherwise."""
    assert caller.user is not None
    for topic in await live.read(sync.heard, caller, topics=topics):
        live.hub.join(connection, topic)
    own = user_topic(caller.user)
    while True:
        state: sync.Start = await live.read(sync.start, caller, epoch=epoch, topics=topics)
        if state.topics[own] >= live.hub.newest(own):
            break
    for topic in connection.topics - set(state.topics):
        live.hub.part(connection, topic)
    for topic, seq in state.topics.items():
        live.hub.join(connection, topic, seq)
    connection.visits = set(state.topics) - {WORKSPACE, own, *(room_topic(room.id) for room in state.rooms)}
    live.presences.came(connection)
    return state


async def resume(live: Live, context: Context, *, token: Secret) -> User:
    """Sign a connection in by an API token."""
    known: sessions.Known = await live.read(sessions.authenticate, Caller(), secret=token, cookie=False)
    connection = context.line()
    if connection.session not in (None, known.session):
        raise BadRequest("This connection is signed in as somebody else.")
    if connection.session is None:
        connection.user, connection.session = known.user, known.session
        live.hub.enter(connection)
    user: User = await live.read(_whoami, Caller(user=known.user, session=known.session))
    return user


async def add_emoji(live: Live, context: Context, *, name: emoji.Name, file: FileId) -> Emoji:
    """Let everybody use a picture that one has sent by a name."""
    found: str = await live.read(emoji.sent, context.caller, name=name, file=file)
    return await live.add_emoji(context.caller, name, found)


async def here(live: Live, context: Context, *, room: Id) -> People:
    """Who of a room is here now."""
    return People(users=live.presences.of(await live.read(_room_people, context.caller, room=room)))


async def set_state(live: Live, context: Context, *, state: Literal["online", "away"]) -> None:
    """Say that this connection fell idle, or is in use again."""
    live.presences.set(context.line(), state)


async def typing(live: Live, context: Context, *, room: Id, thread: Id | None = None) -> None:
    """Say that one is writing in a room, or in a thread of it."""
    assert context.caller.user is not None
    connection = context.connection
    if connection is None or room_topic(room) not in connection.topics - connection.visits:
        await live.read(access.room, context.caller, room=room)
    live.presences.typing(room, context.caller.user, thread or 0)


def _ids(people: sync.People) -> list[int]:
    return [user.id for user in msgspec.json.decode(people, type=list[User])]


def _whoami(tx: Tx) -> User:
    return access.me(tx)


def _room_people(tx: Tx, *, room: int) -> list[int]:
    access.readable_room(tx, room)
    return members.page_ids(tx, room)
