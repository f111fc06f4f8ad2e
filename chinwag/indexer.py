"""Lets the index of words follow what is said: a moment after it was said, and before anybody searches."""

import asyncio
from collections.abc import Callable
from typing import Any

from chinwag.changes import Change, End
from chinwag.services import search
from chinwag.store.tx import Caller

AFTER = 0.5
"""Seconds from when something is said until it is put into the index together with what else was said."""

_NOBODY = Caller()


class Indexer:
    """`write` runs a service that changes something; `spawn` runs what nobody waits for."""

    def __init__(self, write: Callable[..., Any], spawn: Callable[[Any], None]) -> None:
        self._write = write
        self._spawn = spawn
        self._loop = asyncio.get_running_loop()
        self._behind = False
        self._following = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """What a server that was killed left undone is done now."""
        self._spawn(self._fill())
        self.note_behind()

    def notice(self, news: list[Change | End]) -> None:
        """Something was just committed here."""
        if not self._behind and any(isinstance(one, Change) and one.messages for one in news):
            self.note_behind()

    def note_behind(self) -> None:
        """Something may have been said."""
        self._behind = True
        if self._timer is None:
            self._timer = self._loop.call_later(AFTER, self._follow)

    def _follow(self) -> None:
        self._timer = None
        self._spawn(self.catch_up())

    async def catch_up(self) -> None:
        """All that has been said until now is in the index."""
        async with self._following:
            while self._behind:
                self._behind = False
                self._behind |= (await self._write(search.follow, _NOBODY, {})).result

    async def _fill(self) -> None:
        """Index what was said before there was this index, a little at a time, so that nobody's post waits for it."""
        while (await self._write(search.fill, _NOBODY, {})).result:
            pass

    def stop(self) -> None:
        """What is not in the index yet comes into it with the next start."""
        if self._timer is not None:
            self._timer.cancel()
