"""Looks behind the links of what is posted through this process, after the post, and never makes anybody wait for it.

A restart loses nothing but previews that were on their way.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from chinwag import pages
from chinwag.changes import Change, End
from chinwag.errors import Refused
from chinwag.fetch import CannotFetch, Fetcher
from chinwag.services import previews
from chinwag.services.previews import Found
from chinwag.store.tx import Caller

log = logging.getLogger(__name__)

AT_ONCE = 4
WAITING = 200
"""Messages that wait to be looked at; beyond, they go without previews."""

SIDE = 480
"""Pixels of a picture's longer side."""

_NOBODY = Caller()

Picture = Callable[[bytes, int], Awaitable[tuple[str, Any]]]


class Previews:
    """`picture(bytes, side)` keeps a picture made small; `read` and `write` run services; `own` is our own address."""

    def __init__(self, picture: Picture, read: Callable[..., Any], write: Callable[..., Any], own: str) -> None:
        self.fetcher = Fetcher()
        self._picture = picture
        self._read = read
        self._write = write
        self._own = own
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._changed = set[int]()  # while they were looked at, and perhaps after the last look
        self._turn = asyncio.Semaphore(AT_ONCE)

    def notice(self, news: list[Change | End]) -> None:
        """Something was just committed here: look behind the links of messages that have any."""
        for one in news:
            for message in one.messages if isinstance(one, Change) else ():
                if "<a " in message.html:
                    self._begin(message.id)

    def _begin(self, message: int) -> None:
        if message in self._tasks:
            self._changed.add(message)
        elif len(self._tasks) < WAITING:
            task = self._tasks[message] = asyncio.ensure_future(self._look(message))
            task.add_done_callback(partial(self._done, message))

    def _done(self, message: int, task: "asyncio.Task[None]") -> None:
        del self._tasks[message]
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not isinstance(error, Refused):
            log.error("A preview failed.", exc_info=error)
        if message in self._changed:
            self._changed.remove(message)
            self._begin(message)

    async def close(self) -> None:
        """Give up what is on its way."""
        self._changed.clear()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self, message: int) -> None:
        async with self._turn:
            while urls := await self._read(previews.wanted, _NOBODY, message=message, own=self._own):
                found = await self._find(urls[0])
                await self._write(previews.keep, _NOBODY, {"message": message, "own": self._own, "found": found})

    async def _find(self, url: str) -> Found:
        """What is behind a link; nothing where it cannot be looked at."""
        try:
            fetched = await self.fetcher.fetch(url)
            page = await asyncio.to_thread(pages.read, fetched)
            if page.oembed and not (page.title and page.image):
                page = await self._embedded(page)
        except CannotFetch:
            return Found(url)
        found = Found(url, page.title, page.text, page.site)
        if page.image and page.title:
            await self._add_image(found, page.image)
        return found

    async def _embedded(self, page: pages.Page) -> pages.Page:
        try:
            return pages.read_embed(await self.fetcher.fetch(page.oembed), page)
        except CannotFetch:
            return page

    async def _add_image(self, found: Found, url: str) -> None:
        """The picture of a preview, from our own server; without it where it is too big or none."""
        try:
            fetched = await self.fetcher.fetch(url)
            if fetched.whole:
                found.image, made = await self._picture(fetched.body, SIDE)
                found.width, found.height = made.width, made.height
        except (CannotFetch, Refused):
            return
