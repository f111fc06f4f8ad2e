"""Many clients in one process, cheap enough not to be what is measured: plain sockets on one epoll.

It knows WebSocket and HTTP as far as a client needs them on loopback, and nothing of what is said.
"""

import select
import socket
from collections.abc import Callable
from typing import Generic, TypeVar

HOST = "127.0.0.1"
PATIENCE = 20.0
"""Seconds without a byte from any server after which a run has failed."""
QUIET = 0.2
"""Seconds without a byte after which what was said has been heard."""

# The sample of RFC 6455, section 1.3; floor.c knows no other.
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A


class Connection:
    """One client's socket."""

    __slots__ = ("port", "rest", "sock")

    def __init__(self, port: int) -> None:
        self.port = port
        self.sock = socket.create_connection((HOST, port), PATIENCE)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def send(self, text: bytes) -> None:
        raise NotImplementedError

    def texts(self) -> list[bytes]:
        """What has come whole since the last time; waits when nothing has come at all."""
        raise NotImplementedError

    def close(self) -> None:
        self.sock.close()

    def read(self) -> bytes:
        """What is not yet taken and what has come; `rest` is empty then."""
        data = self.sock.recv(65536)
        if not data:
            raise ConnectionError("the server hung up")
        data, self.rest = self.rest + data, b""
        return data

    def read_head(self) -> bytes:
        """The status line and headers of the next HTTP answer; what follows is in `rest`."""
        while b"\r\n\r\n" not in self.rest:
            self.rest = self.read()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        return head


class WebSocket(Connection):
    """A WebSocket at `/ws`, signed in by `token` where there is one."""

    __slots__ = ()

    def __init__(self, port: int, token: str = "") -> None:
        super().__init__(port)
        self.sock.sendall(
            f"GET /ws HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{bearer(token)}\r\n".encode()
        )
        head = self.read_head()
        if ACCEPT not in head:
            raise ConnectionError(f"no WebSocket: {head.decode(errors='replace')}")

    def send(self, text: bytes, kind: int = TEXT) -> None:
        """Sends one frame, masked with a key of zeros: it changes nothing here, and the server works the same."""
        n = len(text)
        length = bytes((0x80 | n,)) if n < 126 else b"\xfe" + n.to_bytes(2, "big")
        self.sock.sendall(bytes((kind,)) + length + b"\0\0\0\0" + text)

    def texts(self) -> list[bytes]:
        data, at, found = self.read(), 0, []
        while span := frame(data, at):
            start, end = span
            if data[at] == TEXT:
                found.append(data[start:end])
            else:
                self.control(data[at], data[start:end])
            at = end
        self.rest = data[at:]
        return found

    def control(self, kind: int, payload: bytes) -> None:
        if kind == PING:
            self.send(payload, PONG)
        elif kind == CLOSE:
            raise ConnectionError(f"closed: {int.from_bytes(payload[:2], 'big')} {payload[2:].decode()}")
        else:
            raise ConnectionError(f"a frame of an unexpected kind: {kind:#x}")


class Http(Connection):
    """`POST /rpc` again and again on one connection that is kept open."""

    __slots__ = ("head",)

    def __init__(self, port: int, token: str) -> None:
        super().__init__(port)
        self.head = (
            f"POST /rpc HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\n"
            f"{bearer(token)}Content-Length: "
        ).encode()

    def send(self, text: bytes) -> None:
        self.sock.sendall(self.head + str(len(text)).encode() + b"\r\n\r\n" + text)

    def texts(self) -> list[bytes]:
        head = self.read_head()
        length = header(head, b"content-length")
        while len(self.rest) < int(length):
            self.rest = self.read()
        body, self.rest = self.rest, b""
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(f"refused: {head.splitlines()[0].decode()}: {body[:300].decode()}")
        return [body]


def bearer(token: str) -> str:
    return f"Authorization: Bearer {token}\r\n" if token else ""


def header(head: bytes, name: bytes) -> bytes:
    """The value of a header of an answer, empty where it has none; `name` in small letters."""
    for line in head.split(b"\r\n"):
        if line.lower().startswith(name + b":"):
            return line[len(name) + 1 :].strip()
    return b""


def frame(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the payload of the frame at `at` begins and ends; None while it has not come whole."""
    held = len(data)
    if held < at + 2:
        return None
    length, start = data[at + 1], at + 2
    if length > 125:
        start += 2 if length == 126 else 8
        if held < start:
            return None
        length = int.from_bytes(data[at + 2 : start], "big")
    end = start + length
    return (start, end) if end <= held else None


C = TypeVar("C", bound=Connection)


class Crowd(Generic[C]):
    """Connections that are listened to together."""

    def __init__(self) -> None:
        self.epoll = select.epoll()
        self.connections: dict[int, C] = {}

    def __len__(self) -> int:
        return len(self.connections)

    def add(self, connection: C) -> C:
        fd = connection.sock.fileno()
        self.connections[fd] = connection
        self.epoll.register(fd, select.EPOLLIN)
        return connection

    def first(self, n: int) -> list[C]:
        return list(self.connections.values())[:n]

    def listen(self, heard: Callable[[C, bytes], None], done: Callable[[], bool]) -> None:
        """Hands on all that comes until `done`; TimeoutError after PATIENCE seconds of silence."""
        while not done():
            ready = self.epoll.poll(PATIENCE, 1024)
            if not ready:
                raise TimeoutError(f"nothing heard for {PATIENCE:.0f} s with something still to come")
            for fd, _ in ready:
                connection = self.connections[fd]
                for text in connection.texts():
                    heard(connection, text)

    def drain(self) -> None:
        """Reads what comes and drops it, until nothing more is on its way."""
        while ready := self.epoll.poll(QUIET, 1024):
            for fd, _ in ready:
                self.connections[fd].texts()

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()
        self.epoll.close()
