"""The WebSocket: frames in, calls run one at a time; frames out, bounded, in one write a turn of the loop."""

import asyncio
import socket
from typing import cast

import msgspec
import tornado.web
from tornado.httputil import HTTPHeaders
from tornado.iostream import IOStream
from tornado.websocket import WebSocketHandler, WebSocketProtocol13

from chinwag.errors import (
    CLOSE_BAD_FRAMES,
    CLOSE_RESTART,
    CLOSE_SIGN_IN_TIMEOUT,
    CLOSE_SIGNED_OUT,
    CLOSE_SLOW,
    CLOSE_TOO_MANY,
    BadRequest,
)
from chinwag.hub import text_frame
from chinwag.store.tx import Caller
from chinwag.web.door import Handler, authenticate, origin_allowed

WAITING_BYTES = 1024 * 1024
WAITING_FRAMES = 2_000
SIGN_IN_SECONDS = 10
EACH_USER = 20
STRANGERS_EACH_ADDRESS = 50
BAD_FRAMES = 10
CLOSE_NOT_MASKED = 1002
"""RFC 6455's own: a protocol error."""
PING_AFTER = 25
GONE_AFTER = 20
PING = bytes((0x89, 0))

REASONS = {
    CLOSE_RESTART: "the server restarts, come back",
    CLOSE_SLOW: "too slow to read, resume",
    CLOSE_SIGNED_OUT: "signed out",
    CLOSE_SIGN_IN_TIMEOUT: "nobody signed in",
    CLOSE_TOO_MANY: "too many connections",
    CLOSE_BAD_FRAMES: "too many bad frames",
}


class Socket(Handler, WebSocketHandler):
    """One connection. It is what the hub knows as a `Connection`."""

    def initialize(self) -> None:
        self.user: int | None = None
        self.session: int | None = None
        self.topics: set[str] = set()
        self._hub = self.site.hub
        self._out: list[bytes] = []
        self._blocked = False
        self._bytes = 0
        self._frames = 0
        self.shut = False
        self._bad = 0
        self._timer: asyncio.TimerHandle | None = None

    # Opening

    async def prepare(self) -> None:
        await super().prepare()
        origin = self.request.headers.get("Origin")
        if not origin_allowed(self.site, self.request) or self.site.rpc.stopping:
            raise tornado.web.HTTPError(503 if self.site.rpc.stopping else 403)
        self.caller = await authenticate(self.site, self.request, cookies=origin is not None)
        self._came_by_cookie = origin is not None and self.site.cookie in self.request.cookies

    def check_origin(self, origin: str) -> bool:
        """`prepare` has checked it."""
        return True

    def open(self, *args: str, **kwargs: str) -> None:
        self._stream = cast(IOStream, self.ws_connection.stream)  # type: ignore[union-attr]
        if self._stream.closed():  # gone since the handshake; `on_close` follows
            self.shut = True
            return
        self._writing, self._send = self._stream.writing, self._stream.socket.send
        self._stream.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._forget_headers()
        self._heard_from()
        self.site.connections.add(self)
        if self.caller.user is not None:
            self.user, self.session = self.caller.user, self.caller.session
            self._hub.enter(self)
            self._check_number()
        elif self._came_by_cookie:
            self.end(CLOSE_SIGNED_OUT)
        else:
            self._open_stranger()

    def _forget_headers(self) -> None:
        """Nobody asks any more for those that came, nor for those that went: 5 kB for each idle connection."""
        self.request.headers = self._headers = HTTPHeaders()

    def _open_stranger(self) -> None:
        strangers = self.site.strangers
        strangers[self.caller.address] = strangers.get(self.caller.address, 0) + 1
        self._timer = asyncio.get_running_loop().call_later(SIGN_IN_SECONDS, self.end, CLOSE_SIGN_IN_TIMEOUT)
        if strangers[self.caller.address] > STRANGERS_EACH_ADDRESS:
            self.end(CLOSE_TOO_MANY)

    def _no_stranger(self) -> None:
        """The connection has signed in, or is closed."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        strangers = self.site.strangers
        strangers[self.caller.address] -= 1
        if not strangers[self.caller.address]:
            del strangers[self.caller.address]

    def _check_number(self) -> None:
        if self.user is not None and len(tuple(self._hub.of_user(self.user))) > EACH_USER:
            self.end(CLOSE_TOO_MANY)

    # Frames in. Tornado reads the next one when this is done: one call at a time.

    async def on_message(self, message: str | bytes) -> None:
        if self.shut:
            return  # it has been told to go: what it still sends does nothing
        self._heard_from()
        if not self._was_masked():
            self.end(CLOSE_NOT_MASKED)
            return
        caller = Caller(self.user, self.session, self.caller.address, self.caller.agent, self.caller.link)
        if isinstance(message, bytes):
            self._answer(msgspec.json.encode({"jsonrpc": "2.0", "id": None, "error": _BINARY.wire()}), bad=1)
            return
        reply = await self.site.rpc.answer(message.encode("utf-8", "surrogatepass"), caller, self)
        if self._timer is not None and self.user is not None:
            self._no_stranger()
            self._check_number()
        self._answer(reply.payload, bad=reply.bad)

    def _was_masked(self) -> bool:
        """RFC 6455 §5.1: a server must close at a frame that is not masked. Tornado lets them in."""
        protocol = cast(WebSocketProtocol13, self.ws_connection)
        mask, protocol._frame_mask = protocol._frame_mask, None
        return mask is not None

    def _answer(self, payload: bytes | None, *, bad: int) -> None:
        if payload is not None:
            self.push(text_frame(payload), 1)
        self._bad += bad
        if self._bad >= BAD_FRAMES:
            self.end(CLOSE_BAD_FRAMES)

    # Is anybody there? One sweep over all connections, as a timer and a task for each would cost more than all else.

    def on_pong(self, data: bytes) -> None:
        self._heard_from()

    def _heard_from(self) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        self._pinged = False

    def look_for_life(self, now: float) -> None:
        """Ping whoever has been silent for a while, and give up whoever stays so."""
        silent = now - self._heard_at
        if silent > PING_AFTER + GONE_AFTER:
            self._stream.close()
        elif silent > PING_AFTER and not self._pinged:
            self._pinged = True
            self.push(PING, 1)

    # Frames out

    def push(self, data: bytes, frames: int) -> None:
        if not self._out:
            if self.shut:
                return
            self._hub.soon(self)
        self._out.append(data)
        if self._blocked:
            self._count(len(data), frames)

    def _count(self, size: int, frames: int) -> None:
        """What waits behind a write that the client has not taken yet is bounded."""
        self._bytes += size
        self._frames += frames
        if self._bytes > WAITING_BYTES or self._frames > WAITING_FRAMES:
            self._out.clear()
            self.end(CLOSE_SLOW)

    def whisper(self, data: bytes) -> None:
        if self._bytes < WAITING_BYTES // 2 and self._frames < WAITING_FRAMES // 2:
            self.push(data, 1)

    def write_out(self) -> None:
        out = self._out
        if not out or self._blocked:
            return
        data = out[0] if len(out) == 1 else b"".join(out)
        out.clear()
        sent = 0
        try:
            if not self._writing():  # Tornado's own pings and closes go through the stream
                sent = self._send(data)
        except BlockingIOError:
            pass
        except OSError:
            self._stream.close()
            return
        if sent < len(data) and not self._stream.closed():
            self._blocked = True
            self._stream.write(memoryview(data)[sent:]).add_done_callback(self._written)

    def _written(self, future: "asyncio.Future[None]") -> None:
        self._blocked, self._bytes, self._frames = False, 0, 0
        if not future.cancelled() and future.exception() is None:
            self.write_out()

    # Closing

    def end(self, code: int) -> None:
        if self.shut:
            return
        self.write_out()
        if self._out and not self._stream.closed():  # it waits behind a write, and nothing may follow the close
            self._stream.write(b"".join(self._out))
            self._out.clear()
        self.shut = True
        self.close(code, REASONS.get(code, ""))
        self._leave()

    def _leave(self) -> None:
        """The connection hears nothing more, from this moment."""
        self._no_stranger()
        if self in self.site.connections:
            self.site.connections.discard(self)
            if self.user is not None:
                self.site.live.presences.went(self)
            self._hub.leave(self)

    def on_close(self) -> None:
        self.shut = True
        self._leave()


_BINARY = BadRequest("Please send text frames.")
