"""A WebSocket client by hand (RFC 6455), which can also do everything that a decent one never would."""

import asyncio
import contextlib
import os
import struct
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import msgspec

from tests.world import Server

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
"""The key and its answer of RFC 6455 §1.3."""

CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Frame(NamedTuple):
    """A frame as it came from the server."""

    final: bool
    opcode: int
    payload: bytes

    @property
    def code(self) -> int | None:
        """The status of a close frame."""
        return int.from_bytes(self.payload[:2]) if self.opcode == CLOSE and self.payload else None


def frame(opcode: int, payload: bytes = b"", *, final: bool = True, masked: bool = True, reserved: int = 0) -> bytes:
    """A client's frame; `reserved` are the three bits RSV1–3 as a number."""
    first = (0x80 if final else 0) | reserved << 4 | opcode
    size = len(payload)
    if size < 126:
        sized = bytes((size,))
    else:
        sized = struct.pack("!BH", 126, size) if size < 65_536 else struct.pack("!BQ", 127, size)
    if not masked:
        return bytes((first,)) + sized + payload
    mask = os.urandom(4)
    hidden = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return bytes((first, sized[0] | 0x80)) + sized[1:] + mask + hidden


def request(method: str, number: object = 1, /, **params: Any) -> bytes:
    """A call as the JSON that goes into a frame."""
    return msgspec.json.encode({"jsonrpc": "2.0", "id": number, "method": method, "params": params})


class Raw:
    """A TCP connection to the server, and what it says."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.status = 0
        self.headers: dict[str, str] = {}

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def shake(self, server: Server, *lines: str, method: str = "GET", version: str = "13", key: str = KEY) -> int:
        """Ask for a WebSocket; further header lines take the place of those with the same name. Returns the status."""
        wanted = {
            "Host": f"127.0.0.1:{server.config.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": version,
            **dict(line.split(": ", 1) for line in lines),
        }
        sent = "".join(f"{name}: {value}\r\n" for name, value in wanted.items() if value)
        await self.send(f"{method} /ws HTTP/1.1\r\n{sent}\r\n".encode())
        return await self.read_head()

    async def read_head(self) -> int:
        """Read an answer's status and headers."""
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)).decode("latin-1").split("\r\n")
        self.status = int(head[0].split()[1])
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        return self.status

    async def read(self) -> Frame:
        """The next frame."""
        return await asyncio.wait_for(self._read(), 20)

    async def _read(self) -> Frame:
        first, second = await self.reader.readexactly(2)
        assert not second & 0x80, "a server masks nothing"
        assert not first & 0x70, "no extension was agreed upon"
        size = second
        if second > 125:
            size = int.from_bytes(await self.reader.readexactly(2 if second == 126 else 8))
        return Frame(bool(first & 0x80), first & 0x0F, await self.reader.readexactly(size))

    async def answer(self) -> Any:
        """The next text frame, as JSON."""
        got = await self.read()
        assert (got.final, got.opcode) == (True, TEXT), got
        return msgspec.json.decode(got.payload)

    async def call(self, method: str, number: object = 1, /, **params: Any) -> Any:
        """A call, and what comes next."""
        await self.send(frame(TEXT, request(method, number, **params)))
        return await self.answer()

    async def gone(self) -> list[Frame]:
        """All frames until the server hangs up; it must. A close is answered, as it should be."""
        frames: list[Frame] = []
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                frames.append(await self.read())
                if frames[-1].opcode == CLOSE:
                    await self.send(frame(CLOSE, frames[-1].payload[:2]))
        return frames

    async def close(self) -> None:
        """Hang up."""
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


@contextlib.asynccontextmanager
async def dial(server: Server) -> AsyncIterator[Raw]:
    """A TCP connection to a server."""
    raw = Raw(*await asyncio.open_connection("127.0.0.1", server.config.port))
    try:
        yield raw
    finally:
        await raw.close()


@contextlib.asynccontextmanager
async def socket(server: Server, token: str | None = None, *lines: str) -> AsyncIterator[Raw]:
    """A WebSocket, signed in by a token if there is one."""
    async with dial(server) as raw:
        bearer = (f"Authorization: Bearer {token}",) if token else ()
        assert await raw.shake(server, *bearer, *lines) == 101
        yield raw
