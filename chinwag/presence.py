"""Presence: who is here now, in this process and the others. It lives in memory and expires by itself.

Changes are gathered for a second, so that a thousand people who come at once are one frame, and who goes is held for
here a few seconds, so that a reload is not told. Everyone but guests hears of everyone; a guest hears of the people of
their rooms.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import cast

import msgspec

from chinwag.bus import Bus
from chinwag.changes import WORKSPACE, Presence, PresenceChange, State, Typing, room_topic, user_topic
from chinwag.hub import Connection, Hub, notification

GATHER = 1.0
GRACE = 5.0
ANNOUNCE = 30.0
FORGET = 75.0


class Here(msgspec.Struct, array_like=True):
    """A user's state in one process, and the topics in which others may hear of it."""

    user: int
    state: State
    topics: list[str]


class Announcement(msgspec.Struct, tag="here", array_like=True):
    """What a process tells the others of its users: of all of them if `full`, else of those that changed."""

    process: str
    full: bool
    users: list[Here]


class Hello(msgspec.Struct, tag="hello", array_like=True):
    """A process came up and asks the others to announce."""


class Whisper(msgspec.Struct, tag="typing", array_like=True):
    """Somebody writes in a room, or in a thread of it."""

    room: int
    user: int
    thread: int = 0


Gone = Callable[[list[int], Callable[[], None]], None]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Announcement | Hello | Whisper).decode


class Presences:
    """Who is here. Everything runs on the loop. `gone` is told of whom no connection is left, here or elsewhere, before
    anybody else is: once it has called back."""

    def __init__(self, hub: Hub, *, gone: Gone = lambda _, then: then()) -> None:
        self._hub = hub
        self._gone = gone
        self._bus: Bus | None = None
        self._loop = asyncio.get_running_loop()
        self._idle: set[Connection] = set()
        self._told: dict[int, State] = {}
        self._last_in: dict[int, list[str]] = {}
        self._elsewhere: dict[str, dict[int, Here]] = {}
        self._heard_at: dict[str, float] = {}
        self._changed: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None

    def start(self, bus: Bus) -> None:
        """Begin to tell the other processes, and ask them."""
        self._bus = bus
        self._announce_by_and_by()

    def greet(self) -> None:
        """The other processes are heard from now on: ask them, and tell them, who is here."""
        if self._bus:
            self._bus.whisper(_encode(Hello()))
            self._announce(self._all_here(), full=True)

    def stop(self) -> None:
        """Nobody is here any more."""
        if self._timer:
            self._timer.cancel()
        self._announce([], full=True)

    def state(self, user: int) -> State:
        """A user is online if one of their connections is, away if all are idle."""
        states = {self._here(user), *(users[user].state for users in self._elsewhere.values() if user in users)}
        return "online" if "online" in states else "away" if "away" in states else "offline"

    def of(self, users: Iterable[int]) -> list[Presence]:
        """Those of these users who are here."""
        return [Presence(user, state) for user in users if (state := self.state(user)) != "offline"]

    def everyone(self) -> list[int]:
        """The users who have been told of as here."""
        return list(self._told)

    def online(self) -> frozenset[int]:
        """Who is here and not away."""
        return frozenset(user for user, state in self._told.items() if state == "online")

    def came(self, connection: Connection) -> None:
        """A connection was opened."""
        self._note(connection)

    def went(self, connection: Connection) -> None:
        """A connection is about to leave its topics: the guests of those rooms are to hear that the user went."""
        self._idle.discard(connection)
        self._last_in[cast(int, connection.user)] = _rooms(connection)
        self._loop.call_later(GRACE, self._note, connection)

    def set(self, connection: Connection, state: State) -> None:
        """A connection fell idle, or is in use again."""
        if connection.shut:
            return
        if state == "online":
            self._idle.discard(connection)
        else:
            self._idle.add(connection)
        self._note(connection)

    def typing(self, room: int, user: int, thread: int = 0) -> None:
        """Somebody writes in a room, or in a thread of it."""
        self._show_typing(room, user, thread)
        if self._bus:
            self._bus.whisper(_encode(Whisper(room, user, thread)))

    def heard(self, payload: bytes) -> None:
        """Another process whispered."""
        news = _decode(payload)
        if isinstance(news, Whisper):
            self._show_typing(news.room, news.user, news.thread)
        elif isinstance(news, Hello):
            self._announce(self._all_here(), full=True)
        else:
            self._take(news)

    def _show_typing(self, room: int, user: int, thread: int) -> None:
        self._hub.whisper(room_topic(room), notification("typing", Typing(room, user, thread)))

    def _here(self, user: int) -> State:
        connections = set(self._hub.listeners(user_topic(user)))
        if not connections:
            return "offline"
        return "away" if connections <= self._idle else "online"

    def _note(self, connection: Connection) -> None:
        if not self._changed:
            self._loop.call_later(GATHER, self._tell)
        self._changed.add(cast(int, connection.user))

    def _tell(self) -> None:
        changed, self._changed = self._changed, set()
        gone = [user for user in changed if self.state(user) == "offline"]
        self._pass_on(changed.difference(gone))
        if gone:
            self._gone(gone, partial(self._pass_on, gone))

    def _pass_on(self, changed: Collection[int]) -> None:
        self._announce([self._row(user) for user in changed], full=False)
        self._show({user: self._row(user).topics for user in changed})
        for user in changed:
            self._last_in.pop(user, None)

    def _show(self, heard_in: dict[int, list[str]]) -> None:
        """Tell this process's connections of the users whose state is not what they were told."""
        news = []
        for user in heard_in:
            state = self.state(user)
            if state != self._told.get(user, "offline"):
                news.append(Presence(user, state))
                self._told[user] = state
                if state == "offline":
                    del self._told[user]
        if not news:
            return
        self._hub.whisper(WORKSPACE, notification("presence", PresenceChange(news)))
        guests: dict[Connection, list[Presence]] = {}
        for one in news:
            for guest in {guest for topic in heard_in[one.user] for guest in self._guests(topic)}:
                guests.setdefault(guest, []).append(one)
        for guest, rows in guests.items():
            guest.whisper(notification("presence", PresenceChange(rows)))

    def _guests(self, topic: str) -> list[Connection]:
        listeners = self._hub.listeners(topic) if topic.startswith("room:") else ()
        return [connection for connection in listeners if WORKSPACE not in connection.topics]

    def _row(self, user: int) -> Here:
        topics = {topic for connection in self._hub.of_user(user) for topic in _rooms(connection)}
        return Here(user, self._here(user), sorted(topics) or self._last_in.get(user, []))

    def _all_here(self) -> list[Here]:
        rows = (self._row(user) for user in self._told)
        return [row for row in rows if row.state != "offline"]

    def _announce(self, users: list[Here], *, full: bool) -> None:
        if self._bus and (users or full):
            self._bus.whisper(_encode(Announcement(self._bus.process, full, users)))

    def _announce_by_and_by(self) -> None:
        self._announce(self._all_here(), full=True)
        now = self._loop.time()
        for process in [name for name, at in self._heard_at.items() if now - at > FORGET]:
            self._take(Announcement(process, True, []))
        self._timer = self._loop.call_later(ANNOUNCE, self._announce_by_and_by)

    def _take(self, news: Announcement) -> None:
        known = self._elsewhere.setdefault(news.process, {})
        gone = {user: here.topics for user, here in known.items()} if news.full else {}
        if news.full:
            known.clear()
        for here in news.users:
            if here.state == "offline":
                known.pop(here.user, None)
            else:
                known[here.user] = here
        self._heard_at[news.process] = self._loop.time()
        if not known:
            del self._elsewhere[news.process], self._heard_at[news.process]
        self._show({**gone, **{here.user: here.topics for here in news.users}})


def _rooms(connection: Connection) -> list[str]:
    """The topics of the rooms that its user is in: whoever only reads a room is nobody there."""
    return sorted(topic for topic in connection.topics - connection.visits if topic.startswith("room:"))
