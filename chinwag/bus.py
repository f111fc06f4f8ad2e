"""The bus: what one process tells the hubs of the others.

Its contract: *at most once, and a hint*. The truth is in the database. A hub drops what it knows, orders what comes out
of order by seq and reads what is missing; `resync.py` finds what nobody told. So a lost entry costs time and never a
message.

Here is the one of a process that is alone; `bus_redis.py` has that of several.
"""

import asyncio
import secrets
from typing import Protocol

from chinwag.changes import End
from chinwag.hub import Told


class Listener(Protocol):
    """What the bus brings news to."""

    def tell(self, change: Told) -> None:
        """A change was committed somewhere."""

    def end(self, end: End) -> None:
        """Sessions are over."""


class Bus(Protocol):
    """News to this process's hub and to those of the others."""

    process: str
    """A name for this process among the others."""

    async def start(self) -> None:
        """Begin to listen."""

    def publish(self, news: Told | End) -> None:
        """Tell every hub, this process's own first and at once."""

    def whisper(self, payload: bytes) -> None:
        """Tell the other processes something that may be lost."""

    async def stop(self) -> None:
        """Send what waits, for at most a second, and close."""


class MemoryBus:
    """The bus of a process that is alone."""

    def __init__(self, listener: Listener) -> None:
        self.process = secrets.token_hex(8)
        self._listener = listener

    async def start(self) -> None:
        """There is nobody to listen to."""

    def publish(self, news: Told | End) -> None:
        bring(self._listener, news)

    def whisper(self, payload: bytes) -> None:
        """There is nobody else."""

    async def stop(self) -> None:
        """Nothing waits."""


def bring(listener: Listener, news: Told | End) -> None:
    """Hand news to this process's hub."""
    if isinstance(news, Told):
        listener.tell(news)
    else:
        listener.end(news)


async def cancel(task: asyncio.Task[None] | None) -> None:
    """Cancel a task until it is over: one in a command to Redis may get the reply instead (`asyncio.wait_for` of
    Python 3.11 drops a cancellation that comes with the result)."""
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=0.1)
