"""Posts in flight: each poster sends its next when one before is answered; what everyone hears is counted.

The one way in which every server here is measured; how to speak to each is a `Way`.
"""

import json
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter
from typing import Protocol

from bench.load import C, Crowd

SIZE = 200
"""Bytes of a post."""

WORDS = b" so we moved the meeting to Thursday, if that suits everyone; the room is the small one upstairs and the "
FILL = (WORDS * 2)[: SIZE - 9]
"""The end of every post, so that what is heard is known to be one; a mark of nine bytes comes before it."""

marks = count(1)


class Way(Protocol):
    """How one server is spoken to."""

    def post(self, mark: int) -> bytes:
        """The text to send for a post that `mark` tells from all others."""

    def delivers(self, text: bytes) -> bool:
        """Whether this brings a listener one post."""

    def answered(self, text: bytes) -> int | None:
        """The mark of the post of which this tells its poster that the server has done with it."""


class Relayed:
    """Texts are said and come back to all as they are; to hear oneself is the answer."""

    def post(self, mark: int) -> bytes:
        return body(mark)

    def delivers(self, text: bytes) -> bool:
        return text.endswith(FILL)

    def answered(self, text: bytes) -> int | None:
        return int(text[:9]) if text.endswith(FILL) else None


class Called:
    """Chinwag: `messages.post` to a room, answered when it is on disk, heard as a change."""

    def __init__(self, room: int) -> None:
        self.room = room

    def post(self, mark: int) -> bytes:
        params = {"room": self.room, "body": body(mark).decode(), "nonce": f"bench-{mark}"}
        return json.dumps({"jsonrpc": "2.0", "id": mark, "method": "messages.post", "params": params}).encode()

    def delivers(self, text: bytes) -> bool:
        return b'"method":"change"' in text and FILL in text

    def answered(self, text: bytes) -> int | None:
        return answered(text)


def answered(text: bytes) -> int | None:
    """The id of the call that this answers, if it is an answer; RuntimeError where the call was refused."""
    if b'"method":"' in text:
        return None
    answer = json.loads(text)
    if "error" in answer:
        raise RuntimeError(f"a call was refused: {answer['error']}")
    return int(answer["id"])


def body(mark: int) -> bytes:
    return b"%09d" % mark + FILL


@dataclass
class Flown:
    """What came of a flight; `waits` is in seconds, a post each."""

    heard: int = 0
    took: float = 0.0
    waits: list[float] = field(default_factory=list)


def fly(crowd: Crowd[C], way: Way, *, posters: int, seconds: float, listeners: int, each: int = 1) -> Flown:
    """Posts for `seconds`, with `each` posts in flight a poster, then waits until each of `listeners` has heard each.

    With no seconds at all each poster posts `each` posts.
    """
    flown, waiting, posts = Flown(), dict[tuple[C, int], float](), 0
    began = perf_counter()

    def post(connection: C) -> None:
        nonlocal posts
        posts += 1
        mark = next(marks)
        waiting[connection, mark] = perf_counter()
        connection.send(way.post(mark))

    def heard(connection: C, text: bytes) -> None:
        if way.delivers(text):
            flown.heard += 1
        mark = way.answered(text)
        if mark is not None and (connection, mark) in waiting:
            now = perf_counter()
            flown.waits.append(now - waiting.pop((connection, mark)))
            if now < began + seconds:
                post(connection)

    for connection in crowd.first(posters) * each:
        post(connection)
    crowd.listen(heard, lambda: not waiting and flown.heard >= posts * listeners)
    flown.took = perf_counter() - began
    if flown.heard > posts * listeners:
        raise RuntimeError(f"{flown.heard} deliveries of {posts} posts to {listeners} listeners")
    return flown
