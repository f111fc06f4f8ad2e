"""The hub: which connections of this process listen to which topic, and each topic's changes to them in seq order.

It knows no services, no database and no sockets: a connection is anything with `push`, `whisper`, `write_out`, `end`.
What it missed it asks of `fill`, which `app.py` gives it.

A frame is built once for all listeners. What a topic says in one turn of the loop is joined once, and each connection
writes once a turn, in slices of `SLICE` connections so that a big room leaves the loop room to breathe.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

import msgspec

from chinwag.changes import Change, End, room_topic, user_topic
from chinwag.frames import TEXT, frame
from chinwag.meters import DELIVERIES, FAN_OUT_SECONDS, HOLES

log = logging.getLogger(__name__)

SLICE = 1_000
PATIENCE = 0.05
"""Seconds that a change which came early waits for those before it, ere they are read from the database."""
EARLY = 300
"""So many early changes of a topic are kept at most; what is dropped is read from the database."""

_encoder = msgspec.json.Encoder()


class Connection(Protocol):
    """An open WebSocket of a session."""

    user: int | None
    session: int | None
    topics: set[str]
    visits: set[str]
    """Those of them that are of rooms which the user only reads."""
    shut: bool
    """It is closed, or about to be: it joins nothing any more."""

    def keep(self, data: bytes, frames: int) -> bool:
        """Have frames written by the next `write_out`; returns whether they are the first, and it has to be called."""

    def whisper(self, data: bytes) -> None:
        """The same for what may be dropped when the connection is slow."""

    def write_out(self) -> None:
        """Write what was kept, in one go."""

    def end(self, code: int) -> None:
        """Close."""


class Told(msgspec.Struct, array_like=True):
    """A change as it goes to hubs: the frame that clients get and, of a user's own topic, the room topics that the user
    comes to listen to (True, from a seq on) or goes from by it."""

    topic: str
    since: int
    seq: int
    frame: bytes
    moves: list[tuple[str, bool, int]] = []


class _Topic:
    """What this process knows of a topic: `seq` is the last that was delivered, None until somebody has read it."""

    __slots__ = ("early", "filling", "frames", "listeners", "seq")

    def __init__(self, seq: int | None) -> None:
        self.seq = seq
        self.listeners: set[Connection] = set()
        self.early: dict[int, Told] = {}
        self.frames: list[bytes] = []
        self.filling = False


def notification(method: str, params: object) -> bytes:
    """The frame of a JSON-RPC notification."""
    return frame(TEXT, _encoder.encode({"jsonrpc": "2.0", "method": method, "params": params}))


def told(change: Change) -> Told:
    """Encode a change, once for everyone.

    The `mine` rows of a user's topic are what admits and expels them: a hub that reads a missed change learns that too.
    """
    since = change.seq - 1 if change.since is None else change.since
    moves = [(room_topic(mine.room), not mine.deleted, mine.at_seq) for mine in change.mine]
    return Told(change.topic, since, change.seq, notification("change", change), moves)


class Hub:
    """Delivers to this process's connections. Everything here runs on the loop."""

    def __init__(self, fill: Callable[[str, int], Awaitable[Change]]) -> None:
        self._fill = fill
        self._loop = asyncio.get_running_loop()
        self._topics: dict[str, _Topic] = {}
        self._sessions: dict[int, set[Connection]] = {}
        self._due: deque[Connection] = deque()
        self._talking: list[_Topic] = []
        self._scheduled = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._told_at = 0.0

    # Who listens

    def enter(self, connection: Connection) -> None:
        """A connection was signed in: its `user` and `session` are known. It hears its own topic from here on, so
        that it can be admitted, expelled and ended before it has asked for anything."""
        if connection.shut:
            return
        assert connection.user is not None
        assert connection.session is not None
        self._sessions.setdefault(connection.session, set()).add(connection)
        self.join(connection, user_topic(connection.user))

    def join(self, connection: Connection, topic: str, seq: int | None = None) -> None:
        """Listen to a topic; `seq` is where it is, if that has been read: what comes after is delivered.

        All that came since somebody joined is delivered too: another who joined may have read an older seq.
        """
        if connection.shut:
            return  # while something was read for it
        known = self._topics.setdefault(topic, _Topic(seq))
        known.listeners.add(connection)
        connection.topics.add(topic)
        if known.seq is None and seq is not None:
            known.seq = min([seq, *(change.since for change in known.early.values())])
            self._deliver_early(topic, known)

    def part(self, connection: Connection, topic: str) -> None:
        """No longer listen to a topic."""
        connection.topics.discard(topic)
        connection.visits.discard(topic)
        known = self._topics.get(topic)
        if known is not None:
            known.listeners.discard(connection)
            if not known.listeners:
                del self._topics[topic]

    def leave(self, connection: Connection) -> None:
        """The connection is closed."""
        for topic in list(connection.topics):
            self.part(connection, topic)
        if connection.session is not None:
            mates = self._sessions.get(connection.session, set())
            mates.discard(connection)
            if not mates:
                self._sessions.pop(connection.session, None)

    def of_user(self, user: int) -> Iterable[Connection]:
        """The user's connections in this process."""
        topic = self._topics.get(user_topic(user))
        return tuple(topic.listeners) if topic else ()

    def listeners(self, topic: str) -> Iterable[Connection]:
        """Who listens to a topic."""
        known = self._topics.get(topic)
        return known.listeners if known else ()

    @property
    def sessions(self) -> dict[int, int | None]:
        """The sessions with a connection here, and whose they are."""
        return {session: next(iter(mates)).user for session, mates in self._sessions.items()}

    @property
    def waiting(self) -> int:
        """How many connections have something to write."""
        return len(self._due)

    @property
    def known(self) -> dict[str, int]:
        """The topics that are listened to here, and the seq each was last delivered at."""
        return {name: topic.seq for name, topic in self._topics.items() if topic.seq is not None}

    def newest(self, name: str) -> int:
        """The newest seq of a topic that this process has heard of."""
        topic = self._topics.get(name)
        return max(topic.seq or 0, *topic.early) if topic and topic.early else (topic and topic.seq) or 0

    def end(self, end: End) -> None:
        """Close the connections of sessions that are over."""
        for session in end.sessions:
            for connection in tuple(self._sessions.get(session, ())):
                connection.end(end.code)

    # What they hear

    def tell(self, change: Told) -> None:
        """Deliver a change in its turn; one that is known already is dropped, one that is early waits.

        Who is expelled hears nothing more from this moment, whatever else has to wait.
        """
        topic = self._topics.get(change.topic)
        if topic is None:
            return
        if topic.seq is None or change.seq > topic.seq:
            self._expel(topic, change)
        if topic.seq is None or change.since > topic.seq:
            topic.early[change.seq] = change
            if len(topic.early) > EARLY:
                del topic.early[min(topic.early)]
            if topic.seq is not None:
                self._loop.call_later(PATIENCE, self.look_for_hole, change.topic)
        elif change.seq > topic.seq:
            self._deliver(topic, change)
            self._deliver_early(change.topic, topic)

    def compare(self, seqs: dict[str, int]) -> None:
        """Topics are at these seqs in the database; what has not come a moment later is read from there."""
        missing = {name: seq for name, seq in seqs.items() if self._is_behind(name, seq)}
        if missing:
            self._loop.call_later(PATIENCE, self._look_again, missing)

    def _look_again(self, missing: dict[str, int]) -> None:
        for name, seq in missing.items():
            if self._is_behind(name, seq):
                self.catch_up(name)

    def _is_behind(self, name: str, seq: int) -> bool:
        topic = self._topics.get(name)
        return topic is not None and topic.seq is not None and topic.seq < seq

    def look_for_hole(self, name: str) -> None:
        """Read what was missed of a topic, if it still is."""
        topic = self._topics.get(name)
        if topic is not None and topic.early:
            self.catch_up(name)

    def catch_up(self, name: str) -> None:
        """Read what was missed of a topic, and deliver it."""
        topic = self._topics.get(name)
        if topic is None or topic.seq is None or topic.filling or self._closed:
            return
        topic.filling = True
        task = self._loop.create_task(self._catch_up(name, topic, topic.seq))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _catch_up(self, name: str, topic: _Topic, since: int) -> None:
        try:
            change = await self._fill(name, since)
        except Exception:
            log.warning("Could not read what was missed of %s.", name, exc_info=True)
            return
        finally:
            topic.filling = False
        if change.seq > since:
            HOLES.inc()
            self.tell(told(change))

    async def close(self) -> None:
        """Read nothing more of what was missed."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def whisper(self, topic: str, frame: bytes) -> None:
        """Tell listeners something without a seq; slow ones go without."""
        for connection in tuple(self.listeners(topic)):
            connection.whisper(frame)

    def _deliver(self, topic: _Topic, change: Told) -> None:
        topic.seq = change.seq
        if topic.listeners:
            if not topic.frames:
                self._talking.append(topic)
                self._told_at = self._told_at or self._loop.time()
                self._schedule()
            topic.frames.append(change.frame)
            DELIVERIES.inc(len(topic.listeners))
        self._expel(topic, change)
        self._admit(topic, change)

    def _deliver_early(self, name: str, topic: _Topic) -> None:
        for seq in sorted(topic.early):
            assert topic.seq is not None
            if topic.early[seq].since <= topic.seq:
                change = topic.early.pop(seq)
                if seq > topic.seq:
                    self._deliver(topic, change)
        if topic.early:
            self._loop.call_later(PATIENCE, self.look_for_hole, name)

    def _expel(self, own: _Topic, change: Told) -> None:
        for room, came, _ in change.moves:
            for connection in () if came else tuple(own.listeners):
                if room in connection.topics:
                    self._say_now(room)
                    self.part(connection, room)

    def _admit(self, own: _Topic, change: Told) -> None:
        for room, came, seq in change.moves:
            for connection in tuple(own.listeners) if came else ():
                connection.visits.discard(room)
                if room not in connection.topics:
                    self._say_now(room)
                    self.join(connection, room, seq)

    # One write a connection and turn

    def soon(self, connection: Connection) -> None:
        """The connection has something to write by the end of this turn."""
        self._due.append(connection)
        if not self._scheduled:
            self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._write)

    def _say_now(self, name: str) -> None:
        """Hand what a topic has said so far to those who listen now, before that changes."""
        topic = self._topics.get(name)
        if topic is not None and topic.frames:
            self._hand_out(topic)

    def _hand_out(self, topic: _Topic) -> None:
        frames, topic.frames = topic.frames, []
        data = frames[0] if len(frames) == 1 else b"".join(frames)
        count, due = len(frames), self._due
        for connection in tuple(topic.listeners):  # one that is too slow leaves
            if connection.keep(data, count):
                due.append(connection)

    def _write(self) -> None:
        self._scheduled = False
        talking, self._talking = self._talking, []
        for topic in talking:
            if topic.frames:
                self._hand_out(topic)
        due = self._due
        for _ in range(min(SLICE, len(due))):
            due.popleft().write_out()
        if due:
            self._schedule()
        elif self._told_at:
            FAN_OUT_SECONDS.observe(self._loop.time() - self._told_at)
            self._told_at = 0.0
