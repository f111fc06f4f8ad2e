"""Words: how a text is cut into what it is found by, the same for both databases and for what is asked.

Case, accents and widths are folded. Scripts that are written without spaces are cut into pairs of characters, so that
any part of a run is found; the last character of a run stands alone, so that every character begins a word. What is
not text but is searched for too (the room, the author, what a message has) are words with a `MARK`, which no text has.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime

from chinwag.changes import Message

VERSION = 1
"""Raised when the same text comes to be cut otherwise: the server then indexes everything anew."""

MARK = "\ue000"
ALL = MARK
"""What every message has."""
NAMED = f"{MARK}n"
"""Begins each word of a file's name."""

LONGEST = 64
"""Of a longer word the beginning counts."""

# Marks that people leave out when they search: accents, Hebrew points, Arabic vowels; and variation selectors.
_OPTIONAL = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef]"
)
_HALF_WIDTH = re.compile("[\uff61-\uff9f]+")
_STROKED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d", "æ": "ae", "œ": "oe"})

_SPACELESS = (
    "\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u31bf\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_SPACELESS}]+")
_PIECE = re.compile(rf"[{_SPACELESS}]+|[^\s{_SPACELESS}]+")


class _Folding(dict[int, str]):
    """What each character becomes: letters, digits and needed marks; nothing; or a space."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold(chr(code))
        return folded


def _fold(character: str) -> str:
    if _OPTIONAL.match(character) or unicodedata.category(character) == "Cf":
        return ""
    plain = unicodedata.normalize("NFKD", character).casefold().translate(_STROKED)
    plain = _OPTIONAL.sub("", unicodedata.normalize("NFKD", plain))
    kinds = [unicodedata.category(one) for one in plain]
    if kinds == ["So"]:
        return f" {plain} "
    kept = "".join(one if kind[0] in "LNM" else " " for one, kind in zip(plain, kinds, strict=True))
    return unicodedata.normalize("NFC", kept)


_folding = _Folding()


def settled(text: str) -> str:
    """The text in the form whose characters are folded one by one, and to which places of words refer."""
    text = _HALF_WIDTH.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """The words of a text, with spaces between them; runs without spaces are still whole."""
    return settled(text).translate(_folding)


def cut(text: str) -> list[str]:
    """The words that a text is found by, in their order."""
    if text.isascii():
        return _cut_spaced(text.translate(_folding))
    folded = fold(text)
    if not _RUN.search(folded):
        return _cut_spaced(folded)
    return [word for piece in _PIECE.findall(folded) for word in _cut_piece(piece)]


def _cut_spaced(folded: str) -> list[str]:
    words = folded.split()
    return words if max(map(len, words), default=0) <= LONGEST else [word[:LONGEST] for word in words]


def _cut_piece(piece: str) -> Iterator[str]:
    if not _RUN.match(piece):
        yield piece[:LONGEST]
    else:
        for place in range(len(piece)):
            yield piece[place : place + 2]


def asked(text: str, *, prefix: bool) -> tuple[tuple[str, ...], bool]:
    """The words to look for side by side, and whether the last of them need only begin a word.

    `prefix` says it of the last word of a script with spaces; of others any part of a run is found.
    """
    words = tuple(cut(text))
    if not words or not _RUN.match(words[-1]):
        return words, prefix
    if len(words) > 1 and len(words[-2]) == 2 and _RUN.match(words[-2]):
        return words[:-1], False  # the pair before holds the last character already
    return words, True


def places(text: str) -> list[tuple[str, int, int]]:
    """The words of a settled text, each with where it begins and ends there."""
    parts = [_folding[ord(character)] for character in text]
    source = [place for place, part in enumerate(parts) for _ in part]
    found = []
    for piece in _PIECE.finditer("".join(parts)):
        begin = piece.start()
        spaceless = _RUN.match(piece[0])
        for place, word in enumerate(_cut_piece(piece[0])):
            first = begin + place if spaceless else begin
            last = first + len(word) - 1 if spaceless else piece.end() - 1
            found.append((word, source[first], source[last] + 1))
    return found


def document(message: Message) -> str:
    """All that a message is found by; nothing for one that was deleted."""
    if message.deleted:
        return ""
    words = cut(message.body)
    words += [*_marks(message), ALL]
    for file in message.files:
        named = cut(file.name)
        words += [*named, *(NAMED + word for word in named), ALL]
    return " ".join(words)


def _marks(message: Message) -> list[str]:
    has = (
        ("link", "<a " in message.html),
        ("code", "<code" in message.html),
        ("file", message.files),
        ("image", any(file.type.startswith("image/") for file in message.files)),
        ("reaction", message.reactions),
        ("pinned", message.pinned),
        ("thread", message.thread is not None),
    )
    marks = [having(what) for what, so in has if so]
    return [of_room(message.room), by(message.author), *of_time(message.at), *marks]


def of_room(room: int) -> str:
    """What every message of a room has."""
    return f"{MARK}r{room}"


def by(user: int) -> str:
    """What every message of an author has."""
    return f"{MARK}u{user}"


def having(what: str) -> str:
    """What every message has that is pinned, is in a thread, or has a link, file, image, code or reaction."""
    return f"{MARK}h{what}"


def of_time(at: datetime) -> tuple[str, str]:
    """The year and the month."""
    return f"{MARK}y{at.year}", f"{MARK}m{at.year}{at.month:02}"


def between(since: datetime, until: datetime) -> list[str]:
    """The years and months that cover a time; each message of that time has one of them."""
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    marks = []
    for year in range(since.year, until.year + 1):
        first = since.month if year == since.year else 1
        last = until.month if year == until.year else 12
        if (first, last) == (1, 12):
            marks.append(f"{MARK}y{year}")
        else:
            marks += [f"{MARK}m{year}{month:02}" for month in range(first, last + 1)]
    return marks
