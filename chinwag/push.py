"""Sends pushes to browsers' push services: what `services/pushing.py` has queued, by whichever process finds it first.

What was just committed here is gathered for a second and then stands in the database; a kill in that second loses the
pushes of it, never a message, nor what the inbox says. From then on a push is sent at least once, or given up.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urlsplit

from chinwag import clock, meters
from chinwag.changes import Change, End
from chinwag.errors import Unavailable
from chinwag.fetch import CannotFetch, Fetcher
from chinwag.services import pushing, webpush
from chinwag.services.pushing import Job, News, Outcome
from chinwag.store.tx import Caller

log = logging.getLogger(__name__)

EVERY = 1.0
AT_ONCE = 16
GATHERED = 5_000
"""News of a second; what goes beyond is not pushed."""
TOKEN = 12 * 3_600
"""Seconds for which a token is made; it is used for half of them."""
TOKENS = 200

_NOBODY = Caller()


class Pusher:
    """Runs from `start` to `stop`. `read` and `write` run services; `online` says who is here; `own` is our address."""

    def __init__(
        self, read: Callable[..., Any], write: Callable[..., Any], online: Callable[[], Collection[int]], own: str
    ) -> None:
        self.fetcher = Fetcher()
        self._read = read
        self._write = write
        self._online = online
        self._subject = own if own.startswith("https://") else "mailto:nobody@localhost"
        self._key = ""
        self._news = News()
        self._tokens: dict[str, tuple[str, int]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self, *, on: bool) -> None:
        """Make the server's key if there is none, and begin to look for what is due."""
        done = await self._write(pushing.open_up, _NOBODY, {"on": on, "fresh": webpush.make_key()})
        self._key = done.result
        if on:
            self._task = asyncio.get_running_loop().create_task(self._go_on())

    async def stop(self) -> None:
        """Write down what was gathered; what is on its way is sent again by whoever comes next."""
        if self._task is None:
            return
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        with contextlib.suppress(Unavailable):
            await self._queue()
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    def notice(self, news: list[Change | End]) -> None:
        """Something was just committed here."""
        for one in news if self._task else ():
            if isinstance(one, Change) and len(self._news) < GATHERED:
                self._news.take(one)

    async def _go_on(self) -> None:
        while True:
            try:
                await self._queue()
                await self._send()
            except Unavailable:
                pass  # the database is away, or the writer busy: at the next look
            except Exception:
                log.exception("Could not look for what is to be pushed.")
            await asyncio.sleep(EVERY)

    async def _queue(self) -> None:
        if not self._news:
            return
        news, self._news = self._news, News()
        if rows := await self._read(pushing.find, _NOBODY, news=news):
            await self._write(pushing.queue, _NOBODY, {"rows": rows})

    async def _send(self) -> None:
        space = AT_ONCE - len(self._sending)
        if space > 0 and await self._read(pushing.is_due, _NOBODY):
            done = await self._write(pushing.claim, _NOBODY, {"online": self._online(), "limit": space})
            for job in done.result:
                task = asyncio.create_task(self._send_one(job))
                self._sending.add(task)
                task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Unavailable):
            log.error("A push failed.", exc_info=error)

    async def _send_one(self, job: Job) -> None:
        try:
            body = await asyncio.to_thread(webpush.encrypt, job.payload, job.p256dh, job.auth)
            answered = await self.fetcher.post(job.endpoint, self._headers(job), body)
            outcome = Outcome(answered.code, _seconds(answered.retry_after))
        except CannotFetch:
            outcome = Outcome(0)
        meters.PUSHES.labels(str(outcome.code)).inc()
        await self._write(pushing.settle, _NOBODY, {"id": job.id, "closes": job.closes, "outcome": outcome})

    def _headers(self, job: Job) -> dict[str, str]:
        return {
            "Authorization": self._token(job.endpoint),
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(pushing.LASTS),
            "Topic": job.topic,
            "Urgency": job.urgency,
        }

    def _token(self, endpoint: str) -> str:
        """One for each origin, made anew after half of its time."""
        origin = "https://" + urlsplit(endpoint).netloc.lower().removesuffix(":443")
        now = clock.now() // clock.SECOND
        token, ends_at = self._tokens.get(origin, ("", 0))
        if ends_at - now < TOKEN // 2:
            ends_at = now + TOKEN
            token = webpush.authorization(self._key, audience=origin, subject=self._subject, ends_at=ends_at)
            while len(self._tokens) >= TOKENS:
                del self._tokens[next(iter(self._tokens))]
            self._tokens[origin] = token, ends_at
        return token


def _seconds(retry_after: str) -> int | None:
    """Of `Retry-After`; one that is a date is taken as none."""
    return int(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 7 else None
