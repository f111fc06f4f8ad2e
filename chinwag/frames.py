"""WebSocket frames as bytes, RFC 6455: those of a client are read, a server's written. It knows no sockets."""

import struct
from typing import NamedTuple

CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

PROTOCOL_ERROR, NO_UTF8, TOO_BIG = 1002, 1007, 1009
"""The standard's own close codes for what a client did wrong (§7.4.1)."""

_MAY_CLOSE_WITH = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}


class Violation(Exception):
    """A client does not keep to the standard; `code` is what to close with."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Frame(NamedTuple):
    """A frame of a client, unmasked, and where the next begins."""

    opcode: int
    final: bool
    payload: bytes
    end: int


def read_frame(data: bytes, at: int, most: int) -> Frame | None:
    """The frame that begins at `at`, with a payload of `most` bytes at most; None while it has not come whole. What the
    standard forbids is a `Violation`, and said as soon as it can be known (§5.2)."""
    if len(data) < at + 2:
        return None
    first, second = data[at], data[at + 1]
    opcode, size, start = first & 0x0F, second & 0x7F, at + 2
    if first & 0x70 or not second & 0x80 or opcode not in _OPCODES:
        raise Violation(PROTOCOL_ERROR)
    if opcode & 0x8 and (size > 125 or not first & 0x80):
        raise Violation(PROTOCOL_ERROR)
    if size > 125:
        start += 2 if size == 126 else 8
        if len(data) < start:
            return None
        size = int.from_bytes(data[at + 2 : start])
        if size >> 63:
            raise Violation(PROTOCOL_ERROR)
    if size > most:
        raise Violation(TOO_BIG)
    end = start + 4 + size
    if len(data) < end:
        return None
    return Frame(opcode, bool(first & 0x80), unmasked(data[start : start + 4], data[start + 4 : end]), end)


_OPCODES = frozenset((CONTINUED, TEXT, BINARY, CLOSE, PING, PONG))


def unmasked(key: bytes, payload: bytes) -> bytes:
    """A payload without its mask (§5.3): as one large number, which is a thousand times faster than byte by byte."""
    size = len(payload)
    mask = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(mask, "little")).to_bytes(size, "little")


def text_of(payload: bytes) -> bytes:
    """A text message that is UTF-8 as it must be (§8.1)."""
    if not payload.isascii():
        _check_utf8(payload)
    return payload


def close_of(payload: bytes) -> bytes:
    """What a client's close is answered with: its own code (§5.5.1)."""
    if payload and (len(payload) == 1 or int.from_bytes(payload[:2]) not in _MAY_CLOSE_WITH):
        raise Violation(PROTOCOL_ERROR)
    _check_utf8(payload[2:])
    return frame(CLOSE, payload[:2])


def _check_utf8(payload: bytes) -> None:
    try:
        payload.decode()
    except UnicodeDecodeError:
        raise Violation(NO_UTF8) from None


def frame(opcode: int, payload: bytes) -> bytes:
    """A frame as a server sends it: whole and unmasked."""
    size, first = len(payload), 0x80 | opcode
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65_536:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


def close_frame(code: int, reason: str) -> bytes:
    """A close with a code and a reason."""
    return frame(CLOSE, struct.pack("!H", code) + reason.encode())
