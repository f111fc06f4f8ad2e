"""A font in which every character is the same block, so that words take the same space on every machine."""

import struct

UNITS = 1000
ADVANCE = 500
BLOCK = (40, 0, 440, 480)


def block_font() -> bytes:
    """The font, as TrueType."""
    return _joined(
        {
            b"OS/2": _os2(),
            b"cmap": _cmap(),
            b"glyf": _glyph() * 2,
            b"head": _head(),
            b"hhea": struct.pack(">Ihhh10hhHH", 0x10000, 800, -200, 0, ADVANCE, *[0] * 10, 0, 2)[:36],
            b"hmtx": struct.pack(">HhHh", ADVANCE, BLOCK[0], ADVANCE, BLOCK[0]),
            b"loca": struct.pack(">3I", *(at * len(_glyph()) for at in range(3))),
            b"maxp": struct.pack(">IH13H", 0x10000, 2, 4, 1, 0, 0, 2, *[0] * 8),
            b"name": _name(),
            b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
        }
    )


def _joined(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    reach = 1 << (count.bit_length() - 1)
    head = struct.pack(">IHHHH", 0x10000, count, reach * 16, reach.bit_length() - 1, count * 16 - reach * 16)
    at = len(head) + 16 * count
    rows, bodies = b"", b""
    for name, body in tables.items():
        padded = body + b"\0" * (-len(body) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        rows += name + struct.pack(">III", total, at + len(bodies), len(body))
        bodies += padded
    return head + rows + bodies


def _cmap() -> bytes:
    """Format 13: a whole range of characters, to one glyph. The controls have none."""
    ranges = [(0x20, 0xD7FF), (0xE000, 0x10FFFF)]
    groups = b"".join(struct.pack(">III", first, last, 1) for first, last in ranges)
    table = struct.pack(">HHIII", 13, 0, 16 + len(groups), 0, len(ranges)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def _glyph() -> bytes:
    left, low, right, high = BLOCK
    xs = struct.pack(">4h", left, 0, right - left, 0)
    ys = struct.pack(">4h", low, high - low, 0, low - high)
    body = struct.pack(">5h", 1, *BLOCK) + struct.pack(">HH", 3, 0) + b"\1\1\1\1" + xs + ys
    return body + b"\0" * (-len(body) % 4)


def _head() -> bytes:
    return struct.pack(">IIIIHHqq4hHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, UNITS, 0, 0, *BLOCK, 0, 8, 2, 1, 0)


def _name() -> bytes:
    words = {1: "Blocks", 2: "Regular", 4: "Blocks", 6: "Blocks"}
    rows, text = b"", b""
    for number, word in words.items():
        encoded = word.encode("utf-16-be")
        rows += struct.pack(">6H", 3, 1, 0x409, number, len(encoded), len(text))
        text += encoded
    return struct.pack(">HHH", 0, len(words), 6 + len(rows)) + rows + text


def _os2() -> bytes:
    fixed = struct.pack(">HhHHH11h10sIIII4s", 4, ADVANCE, 400, 5, 0, *[0] * 11, b"\0" * 10, 0, 0, 0, 0, b"NONE")
    return fixed + struct.pack(
        ">HHHhhhHHIIhhHHH", 0x40, 0x20, 0xFFFF, 800, -200, 0, 800, 200, 0, 0, 480, 700, 0, 0x20, 1
    )
