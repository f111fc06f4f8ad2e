"""A WebSocket after its handshake: messages in, frames out, and the way it ends (RFC 6455), on a socket of our own.

Tornado's protocol makes a task and a future for each message and holds 14 kB for each connection; this is called by the
loop when there is something to read, and holds next to nothing while nobody speaks.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable

from chinwag.errors import CLOSE_SLOW
from chinwag.frames import (
    CLOSE,
    CONTINUED,
    PING,
    PONG,
    PROTOCOL_ERROR,
    TEXT,
    Frame,
    Violation,
    close_frame,
    close_of,
    frame,
    read_frame,
    text_of,
)

MESSAGE_MOST = 128 * 1024
READ_AT_ONCE = 64 * 1024
WAITING_BYTES = 1024 * 1024
WAITING_FRAMES = 2_000
LINGER = 5
"""Seconds that the other side has to answer a close in."""


class Wire:
    """One end of a WebSocket. A subclass is told what comes, and that it is over."""

    __slots__ = (
        *("_behind", "_bytes", "_frames", "_held", "_kind", "_lingering", "_loop", "_out", "_paused", "_pong"),
        *("_rest", "_send", "_sock", "_then", "shut"),
    )

    def __init__(self, sock: socket.socket) -> None:
        self.shut = False
        """It has been told to go, or is gone: nothing that it sends is heard, and nothing more is said."""
        self._sock = sock
        self._send = sock.send
        self._loop = asyncio.get_running_loop()
        self._rest: bytes | None = b""
        """What has come and is no whole frame yet, or has to wait; None once nothing more is read."""
        self._paused = False
        self._kind = CONTINUED
        self._held = bytearray()
        """What has come of a message, which is of this `_kind`."""
        self._out: list[bytes] = []
        self._behind: memoryview | None = None
        """What the kernel has not taken yet; all else waits for it."""
        self._pong: bytes | None = None
        self._bytes = self._frames = 0
        self._then: Callable[[], None] | None = None
        self._lingering: asyncio.TimerHandle | None = None
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else who posts and listens waits 40 ms for it
        self._loop.add_reader(sock.fileno(), self._readable)

    # For subclasses

    def heard(self, text: bytes | None) -> None:
        """A message came; None for one that is not text."""
        raise NotImplementedError

    def spoke(self) -> None:
        """Something came, whatever it was."""
        raise NotImplementedError

    def busy(self) -> bool:
        """Whether nothing more should be read until `resume`."""
        raise NotImplementedError

    def push(self, data: bytes, frames: int) -> None:
        """Say frames by the end of this turn of the loop: `keep` them, and have `write_out` called."""
        raise NotImplementedError

    def end(self, code: int) -> None:
        """Close, for a reason of ours."""
        raise NotImplementedError

    def over(self) -> None:
        """Nothing that comes is heard any more."""
        raise NotImplementedError

    def closed(self) -> None:
        """The socket is closed."""
        raise NotImplementedError

    # What comes in

    def resume(self) -> None:
        """Read on, first what has come already."""
        if self._paused:
            self._paused = False
            self._loop.add_reader(self._sock.fileno(), self._readable)
            self.take(b"")

    def _pause(self) -> None:
        self._paused = True
        self._loop.remove_reader(self._sock.fileno())

    def _readable(self) -> None:
        try:
            data = self._sock.recv(READ_AT_ONCE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self.take(data)
        else:
            self.drop()

    def take(self, data: bytes) -> None:
        """Read the messages in what came."""
        if self._rest is None:
            return
        data, at = self._rest + data, 0
        try:
            while found := read_frame(data, at, MESSAGE_MOST - len(self._held)):
                at = found.end
                self._take_frame(found)
                if self._rest is None:
                    return
                if not self.shut and self.busy():
                    self._pause()
                    break
        except Violation as violation:
            self._fail(violation.code)
        else:
            self._rest = data[at:]

    def _take_frame(self, found: Frame) -> None:
        if found.opcode == CLOSE:
            self._take_close(found.payload)
        elif not self.shut:
            self.spoke()
            if found.opcode == PING:
                self._take_ping(found.payload)
            elif found.opcode != PONG:
                self._take_part(found)

    def _take_part(self, found: Frame) -> None:
        """A message, or a part of one (§5.4)."""
        if (found.opcode == CONTINUED) != (self._kind != CONTINUED):
            raise Violation(PROTOCOL_ERROR)
        self._kind = found.opcode or self._kind
        self._held += found.payload
        if found.final:
            kind, text = self._kind, bytes(self._held)
            self._kind = CONTINUED
            self._held.clear()
            self.heard(text_of(text) if kind == TEXT else None)

    def _take_ping(self, payload: bytes) -> None:
        """Answer a ping; while the other side reads nothing, only the last (§5.5.3)."""
        if self._behind is None:
            self.push(frame(PONG, payload), 1)
        else:
            self._pong = payload

    # What goes out

    def keep(self, data: bytes, frames: int) -> bool:
        """Have frames written by the next `write_out`; returns whether they are the first. Who is too slow to take them
        is sent away."""
        if self.shut:
            return False
        out = self._out
        out.append(data)
        if self._behind is None:
            return len(out) == 1
        self._bytes += len(data)
        self._frames += frames
        if self._bytes > WAITING_BYTES or self._frames > WAITING_FRAMES:
            out.clear()
            self.end(CLOSE_SLOW)
        return False

    def whisper(self, data: bytes) -> None:
        """Say what may be lost: who is half way to too slow goes without."""
        if self._bytes < WAITING_BYTES // 2 and self._frames < WAITING_FRAMES // 2:
            self.push(data, 1)

    def write_out(self) -> None:
        """Write what was said, in one go."""
        out = self._out
        if not out or self._behind is not None:
            return
        data = out[0] if len(out) == 1 else b"".join(out)
        out.clear()
        try:
            sent = self._send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.drop()
            return
        if sent < len(data):
            self._behind = memoryview(data)[sent:]
            self._loop.add_writer(self._sock.fileno(), self._writable)

    def _writable(self) -> None:
        assert self._behind is not None
        try:
            self._behind = self._behind[self._send(self._behind) :]
        except BlockingIOError:
            return
        except OSError:
            self.drop()
            return
        if not self._behind:
            self._catch_up()

    def _catch_up(self) -> None:
        self._loop.remove_writer(self._sock.fileno())
        self._behind = None
        self._bytes = self._frames = 0
        if self._pong is not None:
            self.push(frame(PONG, self._pong), 1)
            self._pong = None
        self.write_out()
        self._settle()

    # The end

    def close(self, code: int, reason: str) -> None:
        """Say why, after all that was said, and hang up when the other side has answered."""
        if not self.shut:
            self._part(close_frame(code, reason), then=None)
            self.resume()

    def _take_close(self, payload: bytes) -> None:
        """The other side goes, or answers our close: the server is the first to hang up (§7.1.1)."""
        answer = close_of(payload)
        self._rest = None
        if self.shut:
            self._then = self.drop
            self._settle()
        else:
            self._part(answer, then=self.drop)

    def _fail(self, code: int) -> None:
        """What the other side sends cannot be understood, and nothing more of it is read. What is on its way from it
        would make the kernel throw away what is on its way to it: so half of the socket stays open until it goes."""
        self._rest = None
        if self.shut:
            self._then = self.drop
            self._settle()
        else:
            self._part(close_frame(code, ""), then=self._half_close)

    def _part(self, last: bytes, *, then: Callable[[], None] | None) -> None:
        """Say a last frame, and `then`, once it is written, go on."""
        self.shut = True
        self.over()
        self._out.append(last)
        self._then = then
        self._lingering = self._loop.call_later(LINGER, self.drop)
        self.write_out()
        self._settle()

    def _settle(self) -> None:
        if self._then is not None and self._behind is None:
            self._then()

    def _half_close(self) -> None:
        with contextlib.suppress(OSError):  # the other side is quicker
            self._sock.shutdown(socket.SHUT_WR)

    def drop(self) -> None:
        """Close the socket at once."""
        if self._sock.fileno() < 0:
            return
        if not self.shut:
            self.shut = True
            self.over()
        if self._lingering is not None:
            self._lingering.cancel()
        self._loop.remove_reader(self._sock.fileno())
        self._loop.remove_writer(self._sock.fileno())
        self._sock.close()
        self._out.clear()
        self._paused, self._behind, self._rest, self._then = False, None, None, None
        self.closed()
