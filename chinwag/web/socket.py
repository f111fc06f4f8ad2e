"""`GET /ws`: the handshake, by Tornado, and who is on a connection once it is a WebSocket."""

import asyncio
import socket
from contextlib import suppress

import msgspec
import tornado.web
from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketProtocol13

from chinwag.errors import (
    CLOSE_BAD_FRAMES,
    CLOSE_RESTART,
    CLOSE_SIGN_IN_TIMEOUT,
    CLOSE_SIGNED_OUT,
    CLOSE_SLOW,
    CLOSE_TOO_MANY,
    BadRequest,
)
from chinwag.frames import PING, TEXT, frame
from chinwag.jsonrpc import Reply
from chinwag.pipeline import Pipeline
from chinwag.store.tx import Caller
from chinwag.web.door import Handler, Site, authenticate, origin_allowed
from chinwag.web.wire import READ_AT_ONCE, Wire

SIGN_IN_SECONDS = 10
EACH_USER = 20
STRANGERS_EACH_ADDRESS = 50
BAD_FRAMES = 10
PING_AFTER = 25
GONE_AFTER = 20

REASONS = {
    CLOSE_RESTART: "the server restarts, come back",
    CLOSE_SLOW: "too slow to read, resume",
    CLOSE_SIGNED_OUT: "signed out",
    CLOSE_SIGN_IN_TIMEOUT: "nobody signed in",
    CLOSE_TOO_MANY: "too many connections",
    CLOSE_BAD_FRAMES: "too many bad frames",
}

_PING = frame(PING, b"")


class SocketHandler(Handler):
    """The opening handshake (RFC 6455 §4.2). No extension is agreed upon: to compress takes 150 kB a connection."""

    async def prepare(self) -> None:
        await super().prepare()
        if not origin_allowed(self.site, self.request) or self.site.rpc.stopping:
            raise tornado.web.HTTPError(503 if self.site.rpc.stopping else 403)
        self._from_page = "Origin" in self.request.headers
        self.caller = await authenticate(self.site, self.request, cookies=self._from_page)

    async def get(self) -> None:
        headers = self.request.headers
        tokens = [token.strip().lower() for token in headers.get("Connection", "").split(",")]
        key = headers.get("Sec-WebSocket-Key", "")
        if headers.get("Upgrade", "").lower() != "websocket" or "upgrade" not in tokens:
            raise tornado.web.HTTPError(400, reason="This is the address of a WebSocket")
        if headers.get("Sec-WebSocket-Version") != "13":
            self.set_header("Sec-WebSocket-Version", "13")
            self.answer(426, msgspec.json.encode({"error": _VERSION.wire()}))
            return
        if not key:
            raise tornado.web.HTTPError(400, reason="There is no Sec-WebSocket-Key")
        self.clear_header("Content-Type")
        self.set_status(101)
        self.set_header("Upgrade", "websocket")
        self.set_header("Connection", "Upgrade")
        self.set_header("Sec-WebSocket-Accept", WebSocketProtocol13.compute_accept_value(key))
        with suppress(StreamClosedError):
            await self.finish()
            self._hand_over(self.detach())

    def _hand_over(self, stream: IOStream) -> None:
        """From here on the socket is a connection's, with what has come over it behind the handshake."""
        if stream.closed():
            return
        sock: socket.socket = stream.socket.dup()
        early = asyncio.ensure_future(stream.read_bytes(READ_AT_ONCE, partial=True))
        data = early.result() if early.done() and not early.exception() else b""
        stream.close()
        came_by_cookie = self._from_page and self.site.cookie in self.request.cookies
        connection = Connection(sock, self.site, self.caller)
        connection.open(signed_out=came_by_cookie and self.caller.user is None)
        connection.take(data)


class Connection(Wire):
    """An open WebSocket of a session, or of nobody yet. It is what the hub knows as a `Connection`."""

    __slots__ = (
        "_bad",
        "_caller",
        "_calls",
        "_heard_at",
        "_pinged",
        "_site",
        "_timer",
        "session",
        "topics",
        "user",
        "visits",
    )

    def __init__(self, sock: socket.socket, site: Site, caller: Caller) -> None:
        super().__init__(sock)
        self.user = caller.user
        self.session = caller.session
        self.topics: set[str] = set()
        self.visits: set[str] = set()
        self._site = site
        self._caller = caller
        self._calls = Pipeline(site.rpc, self, self._answer)
        self._bad = 0
        self._timer: asyncio.TimerHandle | None = None
        self.spoke()

    @property
    def caller(self) -> Caller:
        """Who calls, now: a connection may sign in after it has been opened."""
        if self._caller.session != self.session:
            before = self._caller
            self._caller = Caller(self.user, self.session, before.address, before.agent, before.link)
        return self._caller

    # Opening

    def open(self, *, signed_out: bool) -> None:
        """Begin; `signed_out` is somebody whose cookie is of a session that is over."""
        self._site.connections.add(self)
        if self.user is not None:
            self._site.hub.enter(self)
            self._check_number()
        elif signed_out:
            self.end(CLOSE_SIGNED_OUT)
        else:
            self._open_stranger()

    def _open_stranger(self) -> None:
        strangers, address = self._site.strangers, self._caller.address
        strangers[address] = strangers.get(address, 0) + 1
        self._timer = self._loop.call_later(SIGN_IN_SECONDS, self.end, CLOSE_SIGN_IN_TIMEOUT)
        if strangers[address] > STRANGERS_EACH_ADDRESS:
            self.end(CLOSE_TOO_MANY)

    def _no_stranger(self) -> None:
        """The connection has signed in, or is closed."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        strangers, address = self._site.strangers, self._caller.address
        strangers[address] -= 1
        if not strangers[address]:
            del strangers[address]

    def _check_number(self) -> None:
        if self.user is not None and len(tuple(self._site.hub.of_user(self.user))) > EACH_USER:
            self.end(CLOSE_TOO_MANY)

    # Calls

    def heard(self, text: bytes | None) -> None:
        if text is None:
            self._answer(Reply(msgspec.json.encode({"jsonrpc": "2.0", "id": None, "error": _BINARY.wire()}), bad=1))
        else:
            self._calls.take(text)

    def busy(self) -> bool:
        return self._calls.full

    def _answer(self, reply: Reply) -> None:
        if self.shut:
            return
        if self._timer is not None and self.user is not None:
            self._no_stranger()
            self._check_number()
        if reply.payload is not None:
            self.push(frame(TEXT, reply.payload), 1)
        self._bad += reply.bad
        if self._bad >= BAD_FRAMES:
            self.end(CLOSE_BAD_FRAMES)
        elif not self._calls.full:
            self.resume()

    def push(self, data: bytes, frames: int) -> None:
        if self.keep(data, frames):
            self._site.hub.soon(self)

    # Is anybody there? One sweep over all connections, as a timer and a task for each would cost more than all else.

    def spoke(self) -> None:
        self._heard_at = self._loop.time()
        self._pinged = False

    def look_for_life(self, now: float) -> None:
        """Ping whoever has been silent for a while, and give up whoever stays so."""
        silent = now - self._heard_at
        if silent > PING_AFTER + GONE_AFTER:
            self.drop()
        elif silent > PING_AFTER and not self._pinged:
            self._pinged = True
            self.push(_PING, 1)

    # Closing

    def end(self, code: int) -> None:
        self.close(code, REASONS.get(code, ""))

    def over(self) -> None:
        """The connection hears nothing more, from this moment."""
        self._no_stranger()
        self._site.connections.discard(self)
        self._site.closing.add(self)
        self._site.all_closed.clear()
        if self.user is not None:
            self._site.live.presences.went(self)
        self._site.hub.leave(self)

    def closed(self) -> None:
        del (
            self._calls
        )  # they know this connection, which would stay until the garbage collector came, seldom as it does
        self._site.closing.discard(self)
        if not self._site.closing:
            self._site.all_closed.set()


_BINARY = BadRequest("Please send text frames.")
_VERSION = BadRequest("Please speak version 13 of WebSockets.")
