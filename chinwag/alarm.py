"""The clock of jobs: looks each second for what is due, and has it done, one after another.

It holds nothing itself: what is due stands in the database, so a restart loses nothing, and of several processes that
look, one does it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from chinwag.errors import Unavailable
from chinwag.services import due
from chinwag.store.tx import Caller

log = logging.getLogger(__name__)

EVERY = 1.0

Run = Callable[..., Awaitable[Any]]


class Alarm:
    """Runs from `start` to `stop`. `read(service, caller)` and `write(service, caller, params)` run services; `online`
    says who is here."""

    def __init__(self, read: Run, write: Run, online: Callable[[], Collection[int]]) -> None:
        self._read = read
        self._write = write
        self._online = online
        self._broken: set[due.Due] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look, at once: something may have fallen due while nobody looked."""
        self._task = asyncio.get_running_loop().create_task(self._go_on())

    async def stop(self) -> None:
        """What is begun is finished by the writer."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _go_on(self) -> None:
        while True:
            try:
                await self._look()
            except Unavailable:
                pass  # the database is away, or the writer busy: it is still due at the next look
            except Exception:
                log.exception("Could not look for what is due.")
            await asyncio.sleep(EVERY)

    async def _look(self) -> None:
        for one in await self._read(due.find, Caller()):
            if one not in self._broken:
                await self._do(one)

    async def _do(self, one: due.Due) -> None:
        params = {"id": one.id, "online": self._online()} if one.asks_online else {"id": one.id}
        try:
            await self._write(one.act, Caller(user=one.user, absent=True), params)
        except Unavailable:
            raise
        except Exception:
            # A mistake of ours: it stays due, for a version that can, and does not fill the log until then.
            self._broken.add(one)
            log.exception("What is due could not be done: %s %d.", one.act.__name__, one.id)
