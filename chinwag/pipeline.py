"""The calls of one connection: many may be under way at once, and still each sees what those before it did.

Changes begin in the order in which they came, and are made in it. A read waits for the changes before it. What is about
the connection itself, and a batch, runs alone: all before it are done, and none after it begins until it is.
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from chinwag.dispatch import Asked, Dispatcher, Way
from chinwag.hub import Connection
from chinwag.jsonrpc import Reply
from chinwag.store.tx import Caller

AT_ONCE = 64
BYTES = 256 * 1024
"""So many calls of a connection, or so many bytes of them, are under way or wait; then nothing more is read from it."""


class Line(Connection, Protocol):
    """A connection that calls."""

    @property
    def caller(self) -> Caller:
        """Who calls, now."""


class Pipeline:
    """Begins the calls of one connection; `answer` gets each reply."""

    __slots__ = ("_alone", "_answer", "_calls", "_dispatcher", "_line", "_running", "_size", "_waiting", "_writing")

    def __init__(self, dispatcher: Dispatcher, line: Line, answer: Callable[[Reply], None]) -> None:
        self._dispatcher = dispatcher
        self._line = line
        self._answer = answer
        self._waiting: list[Asked] = []
        self._calls = self._size = 0
        self._running = self._writing = 0
        self._alone = False

    @property
    def full(self) -> bool:
        """Whether no further call should come."""
        return self._calls >= AT_ONCE or self._size >= BYTES

    def take(self, data: bytes) -> None:
        """A frame came."""
        asked = self._dispatcher.ask(data)
        if isinstance(asked, Reply):
            self._answer(asked)
            return
        self._calls += 1
        self._size += asked.size
        self._waiting.append(asked)
        self._go_on()

    def _go_on(self) -> None:
        while self._waiting and not self._line.shut and self._may_begin(self._waiting[0].way):
            asked = self._waiting.pop(0)
            self._note(asked.way, 1)
            self._dispatcher.run(asked, self._line.caller, self._line, partial(self._done, asked))

    def _may_begin(self, way: Way) -> bool:
        if self._alone:
            return False
        return way == "write" or not (self._writing if way == "read" else self._running)

    def _note(self, way: Way, more: int) -> None:
        self._running += more
        if way == "write":
            self._writing += more
        elif way == "alone":
            self._alone = more > 0

    def _done(self, asked: Asked, reply: Reply) -> None:
        self._calls -= 1
        self._size -= asked.size
        self._note(asked.way, -1)
        self._answer(reply)
        self._go_on()
