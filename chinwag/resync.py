"""Compares, all the time, what this process last delivered with the database.

A process that died between its commit and its word, an answer lost in a commit, a command beside the server, a bus that
was emptied leave no other trace than the database's seqs. The bus is speed; this is what makes it true.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from chinwag.changes import End
from chinwag.errors import Unavailable
from chinwag.hub import Hub
from chinwag.services import sync
from chinwag.store.tx import Caller

log = logging.getLogger(__name__)

_NOBODY = Caller()


class Resync:
    """Once each `every` seconds; `read` runs a service on a snapshot."""

    def __init__(self, hub: Hub, read: Callable[..., Awaitable[Any]], every: float) -> None:
        self._hub = hub
        self._read = read
        self._every = every
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._go_on())

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            await self.once()

    async def once(self) -> None:
        """Have what was missed read and delivered, and the connections closed of sessions that are over."""
        sessions = self._hub.sessions
        try:
            present = await self._read(sync.present, _NOBODY, topics=list(self._hub.known), sessions=sessions)
        except Unavailable:
            return  # the next time will tell
        except Exception:
            log.warning("Could not compare with the database.", exc_info=True)
            return
        self._hub.compare(present.topics)
        for session, code in present.over.items():
            self._hub.end(End([session], code))

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
